using TrustService.Cli.Importing;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Moves repositories from another source to this user's trust server, one after the other.</summary>
/// <param name="context">The run.</param>
/// <param name="source">Where they are.</param>
/// <param name="request">What is asked for.</param>
/// <param name="report">What becomes of them.</param>
internal sealed class RepositoryMove(CommandContext context, IForeignSource source, MoveRequest request, MoveReport report)
{
    /// <summary>Moves one repository; a refusal is a line of the report.</summary>
    public async Task RunAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        try
        {
            var (chain, trusted) = await ReadAsync(name, cancellationToken);
            if (request.IsConversion)
                await new Conversion(context, name, chain, request, report).RunAsync(cancellationToken);
            else
                await ImportAsync(name, WithoutStrangers(name, chain, trusted), trusted, cancellationToken);
        }
        catch (TrustException e) when (e.Error != TrustError.Usage)
        {
            report.Add(ReportLine.Refused("repository", name.Value, e));
        }
    }

    private async Task<(ForeignChain Chain, TrustedRoot Trusted)> ReadAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        var anchor = context.Roots.Find(name, request.Root);
        if (anchor is null && !request.TrustsOnFirstUse)
        {
            throw new TrustException(TrustError.RootNotPinned, $"No root is pinned for {name}, so nothing that {source.Location} says about it can be trusted.")
            {
                Hint = "signer import docker-trust pins what your docker or notary client trusts; or give --root PIN as the owners told you. With --tofu, trust begins with what is offered now.",
            };
        }
        context.Output.Progress($"Fetching {name}");
        var foreign = await context.WithinTimeoutAsync(token => source.ReadAsync(name, withFormerVersions: false, token), cancellationToken);
        var (chain, trusted) = ForeignVerification.Verify(foreign, anchor, source.Location, context.Now);
        if (anchor is null)
            context.Output.Warn($"Trust in {name} begins with what {source.Location} says now: {RootPin.OfFile(ForeignRepository.Format, trusted.Metadata.File).Fingerprint}. Compare it with what the repository's owners say.");
        else
            context.Output.Detail($"{name} follows from the pinned {anchor.Text}");
        return (chain, trusted);
    }

    // A source can put a root of its own before the pinned one; whoever pins that one would follow the source.
    private ForeignChain WithoutStrangers(RepositoryName name, ForeignChain whole, TrustedRoot trusted)
    {
        var vouched = whole.VouchedForBy(trusted);
        var count = whole.Roots.Length - vouched.Roots.Length;
        if (count == 0)
            return whole;
        var versions = count == 1 ? $"{whole.Roots[0].Version}" : $"{whole.Roots[0].Version} to {whole.Roots[count - 1].Version}";
        report.Add(request.TrustsOnFirstUse
            ? new ReportLine("root", versions, Fate.Kept, $"on the word of {source.Location} alone, as --tofu allows: root {vouched.Roots[0].Version}, which is trusted, does not vouch for what came before it") { Repository = name }
            : new ReportLine("root", versions, Fate.Dropped, $"root {vouched.Roots[0].Version}, which is trusted, does not vouch for what came before it. Clients that pin an older one cannot follow; pin that one (--root), or take it on the word of {source.Location} (--tofu)") { Repository = name });
        return request.TrustsOnFirstUse ? whole : vouched;
    }

    private async Task ImportAsync(RepositoryName name, ForeignChain chain, TrustedRoot trusted, CancellationToken cancellationToken)
    {
        var takeover = new Takeover(context, name, chain, request.RootLifetime);
        if (request.IsRehearsal)
        {
            ReportContent(name, chain, Fate.Kept);
            report.Add(takeover.HasRootKeys && !request.StaysReadOnly
                ? new ReportLine("key", "timestamp", Fate.Kept, $"root {chain.Roots[^1].Version + 1} would list this server's key, signed with the old root key") { Repository = name }
                : ReadOnly(name, chain));
            return;
        }
        var files = chain.Files().Select(file => (file.Role, file.Data)).ToList();
        ImportResult result;
        try
        {
            result = await context.WithinTimeoutAsync(token => context.Servers.Own.ImportAsync(name, files, token), cancellationToken);
        }
        catch (TrustException e) when (e.Error == TrustError.RepositoryExists)
        {
            if (!await HasMovedOnAsync(name, chain, cancellationToken))
                throw;
            report.Add(new ReportLine("repository", name.Value, Fate.Present, $"it was moved before, and goes on at {context.Servers.Address}"));
            return;
        }
        PinIfNone(name, trusted);
        ReportContent(name, chain, result.IsNew ? Fate.Kept : Fate.Present);
        if (!result.IsReadOnly)
            report.Add(new ReportLine("key", "timestamp", Fate.Present, "this server signs it already") { Repository = name });
        else if (request.StaysReadOnly || !takeover.HasRootKeys)
            report.Add(ReadOnly(name, chain));
        else
            await TakeOverAsync(name, chain, trusted, takeover, cancellationToken);
    }

    private async Task TakeOverAsync(RepositoryName name, ForeignChain chain, TrustedRoot trusted, Takeover takeover, CancellationToken cancellationToken)
    {
        long version;
        try
        {
            version = await takeover.RunAsync(cancellationToken);
        }
        catch (TrustException e) when (e.Error != TrustError.Usage)
        {
            report.Add(ReportLine.Refused("key", "timestamp", e) with { Repository = name });
            report.Add(ReadOnly(name, chain));
            return;
        }
        try
        {
            var until = await ReadBackAsync(name, trusted, cancellationToken);
            report.Add(new ReportLine("key", "timestamp", Fate.Kept, $"this server signs it from root {version} on, valid until {CommandOutput.Date(until)} and renewed by the server") { Repository = name });
        }
        catch (TrustException e) when (e.Error != TrustError.Usage)
        {
            report.Add(new ReportLine("key", "timestamp", Fate.Kept, $"taken over as root {version}, could not be read back: {e.Message}") { Repository = name, Error = e });
        }
        if (takeover.RenewsCertificate)
        {
            report.Add(new ReportLine("key", "root", Fate.Kept, takeover.IsCertificateExpired
                ? $"its certificate had expired, so root {version} has a new one for the same key. Notary clients that cached the old one refuse it at every server, until they forget it: remove tuf/{name} from their trust directory"
                : $"its certificate ends within a year, so root {version} has a new one for the same key") { Repository = name });
        }
        report.Add(new ReportLine("key", "snapshot", Fate.Kept, takeover.IsSnapshotOwners ? "you go on signing it: its key is in the key store" : $"this server signs it from root {version} on") { Repository = name });
    }

    // As any verifier that trusts the old root reads it, before it is called done.
    private Task<DateTimeOffset> ReadBackAsync(RepositoryName name, TrustedRoot trusted, CancellationToken cancellationToken) => context.WithinTimeoutAsync(
        async token =>
        {
            var pin = RootPin.OfFile(ForeignRepository.Format, trusted.Metadata.File);
            using var trust = await context.OpenAsync(name, pin, [ForeignRepository.Format], isOffline: false, token);
            return (await RepositoryReading.ReadAsync(trust, context.Now, token)).Targets.Snapshot.Timestamp.Metadata.Signed.Expires;
        },
        cancellationToken);

    // Taken over in an earlier run: the last root of the chain is one of the server's roots.
    private Task<bool> HasMovedOnAsync(RepositoryName name, ForeignChain chain, CancellationToken cancellationToken) => context.WithinTimeoutAsync(
        async token =>
        {
            var last = chain.Roots[^1];
            var source = context.Servers.For(ForeignRepository.Format).Metadata(name);
            return await source.FetchAsync(ForeignRepository.Format.Rules.FileName(RoleName.Root, last.Version), VerificationLimits.Default.MaxRootBytes, token) is { } same && same.AsSpan().SequenceEqual(last.Metadata.File.Span)
                && await source.FetchAsync(ForeignRepository.Format.Rules.FileName(RoleName.Root, last.Version + 1), VerificationLimits.Default.MaxRootBytes, token) is not null;
        },
        cancellationToken);

    private void PinIfNone(RepositoryName name, TrustedRoot trusted)
    {
        if (context.Roots.Find(name, null) is null)
            context.Roots.Save(name, trusted.Metadata.File.Span, context.Servers.Address);
    }

    private void ReportContent(RepositoryName name, ForeignChain chain, Fate fate)
    {
        report.Add(new ReportLine("root", $"{chain.Roots[0].Version} to {chain.Roots[^1].Version}", fate, $"as they are, root {chain.Roots[^1].Version} until {CommandOutput.Date(chain.Roots[^1].Metadata.Signed.Expires)}") { Repository = name });
        foreach (var role in chain.Targets)
        {
            var signed = role.Metadata.Signed;
            report.Add(new ReportLine("role", role.Role.Value, fate, $"version {signed.Version}, {signed.TargetFiles.Count} targets, {(signed.Expires <= context.Now ? "expired" : "until")} {CommandOutput.Date(signed.Expires)}") { Repository = name });
            foreach (var (path, target) in signed.TargetFiles.OrderBy(target => target.Key, StringComparer.Ordinal))
                report.Add(new ReportLine("target", path, fate, $"{Conversion.DigestOf(target)}, signed by {role.Role}") { Repository = name });
        }
        foreach (var (role, reason) in chain.Unverified)
            report.Add(new ReportLine("role", role.Value, fate, $"as it is, but clients skip it, as they did before: {reason.Message}") { Repository = name });
    }

    private ReportLine ReadOnly(RepositoryName name, ForeignChain chain)
    {
        var until = chain.ServableUntil;
        var line = new ReportLine("key", "timestamp", Fate.Dropped, $"the repository is read-only here: its root key is needed to have this server sign. Clients {(until <= context.Now ? "refuse it since" : "can read it until")} {CommandOutput.Date(until)}. Import the root key (signer import docker-trust, or signer key import FILE), then run this again") { Repository = name };
        return until > context.Now ? line : line with { Error = new TrustException(TrustError.Expired, $"{name} is here, but something in it expired on {CommandOutput.Date(until)} and nobody can sign it anew: clients refuse it.") { Hint = "Import its root key, then run this again." } };
    }
}
