using TrustService.Cli.KeyStores;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Begins a repository: keys, root 1 and targets 1, published and read back. Doing it again changes nothing.</summary>
/// <param name="context">The run.</param>
/// <param name="name">The repository.</param>
/// <param name="request">How it is to begin.</param>
internal sealed class RepositoryInitialization(CommandContext context, RepositoryName name, InitRequest request)
{
    private ITrustServer Server => context.Servers.For(request.Format);

    /// <summary>Begins the repository, or finds that it has begun already with a key of this key store.</summary>
    /// <returns>The current targets, the fingerprint of root 1, and whether anything was published.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<(TrustedTargets Targets, string Fingerprint, bool IsNew)> RunAsync(CancellationToken cancellationToken)
    {
        var published = await context.WithinTimeoutAsync(FetchFirstRootAsync, cancellationToken);
        var draft = InitDraft.Find(context.Home, name);
        if (published is not null)
            return await FinishAsync(RequireOurs(published, draft), isNew: false, cancellationToken);

        RequireFormatFor(request.Scheme);
        context.Output.Say("Repository", $"{name} (new, format {request.Format.Name})");
        if (draft is not null && (FormatOf(draft.Root) != request.Format || (BinsOf(draft)?.Count ?? 0) != request.Bins))
        {
            InitDraft.Forget(context.Home, name);
            draft = null;
        }
        if (draft is null)
        {
            draft = await MakeAsync(cancellationToken);
            draft.Save(context.Home, name);
        }
        else
            context.Output.Say("Going on where the last attempt stopped: its root and targets are sent again.");
        await PublishAsync(draft, cancellationToken);
        return await FinishAsync(draft.Root, isNew: true, cancellationToken);
    }

    // Before a key is made that could not be used.
    private void RequireFormatFor(SignatureScheme scheme)
    {
        var rules = request.Format.Rules;
        var isRootNew = request.RootKey is null;
        if ((isRootNew && !rules.RootSchemes.Contains(scheme)) || (request.TargetsKey is null && !rules.Schemes.Contains(scheme)))
            throw new TrustException(TrustError.Usage, $"A {(isRootNew ? "root" : "targets")} key of a repository in the format {request.Format.Name} cannot be {KeySchemes.Describe(scheme)}: its clients would not read it.")
            {
                Hint = $"Kinds that they read: {string.Join(", ", KeySchemes.NamesOf(isRootNew ? rules.RootSchemes : rules.Schemes))} (--type).",
            };
    }

    // A repository has one format; whichever it is, its name is taken.
    private Task<byte[]?> FetchFirstRootAsync(CancellationToken cancellationToken) =>
        OfferedRoot.FindAsync(MetadataFormats.All, format => context.Servers.For(format).Metadata(name), 1, (_, file, _) => file, cancellationToken);

    // The same bytes, or a signature by a root key of ours: an earlier run came through, even if its answer did not.
    private byte[] RequireOurs(byte[] published, InitDraft? draft)
    {
        var format = FormatOf(published);
        if (format != request.Format)
            throw new TrustException(TrustError.RepositoryExists, $"{name} has trust data already at {context.Servers.Address}, in the format {format.Name}, not {request.Format.Name}.") { Hint = "A repository has one format. The other commands find out by themselves which." };
        if (draft?.Root.AsSpan().SequenceEqual(published) == true)
            return published;
        var root = TrustedRoot.Pin(format, published, VerificationLimits.Default);
        root.RequireRepository(name);
        var signers = root.Signers.Signed.Select(id => root.Metadata.Signed.Keys[id]).ToList();
        if (context.Keys.List().Any(entry => signers.Any(entry.IsSame)))
            return published;
        throw new TrustException(TrustError.RepositoryExists, $"{name} has trust data already at {context.Servers.Address}, and its root key is not in this key store.")
        {
            Hint = "To verify, pin its root as its owners tell you (--root). To sign, import its targets key as well (signer key import FILE).",
        };
    }

    private async Task<InitDraft> MakeAsync(CancellationToken cancellationToken)
    {
        if (context.Roots.Find(name, null) is { } pinned)
        {
            context.Output.Warn($"This machine pins {pinned.Text} for {name}, but {context.Servers.Address} knows nothing of it.");
            context.Confirm($"Start {name} anew, with another root? Verifiers that pin the old one will refuse it.", request.IsConfirmed);
        }
        // Asked for first: a server that cannot be used leaves no keys behind.
        var (snapshotKeys, timestampKeys) = await context.WithinTimeoutAsync(
            async token => (
                await Server.RequestOnlineKeysAsync(request.Format, name, RoleName.Snapshot, token),
                await Server.RequestOnlineKeysAsync(request.Format, name, RoleName.Timestamp, token)),
            cancellationToken);
        using var root = RepositoryKey.Get(context, RoleName.Root, name, request.RootKey, request.Scheme);
        using var targets = RepositoryKey.Get(context, RoleName.Targets, name, request.TargetsKey, request.Scheme);
        var created = NewRepository.Create(request.Format, name, root, targets, snapshotKeys.All, timestampKeys.All, context.Now, context.Now + request.RootLifetime, context.Now + request.TargetsLifetime, request.Bins);
        return new InitDraft(created.Root.File.ToArray(), created.Targets.File.ToArray(), created.Bin?.File.ToArray());
    }

    private async Task PublishAsync(InitDraft draft, CancellationToken cancellationToken)
    {
        var files = NewRepository.FilesOf(draft.Root, draft.Targets, draft.Bin, BinsOf(draft));
        context.Output.Progress($"Publishing {name}");
        try
        {
            _ = await context.WithinTimeoutAsync(token => Server.PublishAsync(name, files, token), cancellationToken);
        }
        catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
        {
            // It will never be accepted; the keys stay in the key store and are used by the next attempt.
            InitDraft.Forget(context.Home, name);
            if (e.Error is not (TrustError.PublishConflict or TrustError.RepositoryExists))
                throw;
            ForgetKeys(draft);
            throw new TrustException(TrustError.RepositoryExists, $"Somebody else has begun {name} at {context.Servers.Address} at the same moment; that root counts, and nothing of this one was published.", e)
            {
                Hint = "To verify, pin the root as its owners tell you (--root). Keys that were made for this attempt are in the key store, for nothing: signer key list, signer key rm KEY.",
            };
        }
    }

    // They can never be keys of this repository by this root.
    private void ForgetKeys(InitDraft draft)
    {
        var keys = request.Format.Read<Root>(draft.Root, VerificationLimits.Default.MaxRootBytes).Signed.Keys.Values.ToList();
        foreach (var entry in context.Keys.List().Where(entry => keys.Exists(entry.IsSame) && entry.Repositories.Contains(name.Value)))
            FileKeyStore.Change(entry, known => known with { Repositories = known.Repositories.Remove(name.Value) });
    }

    // Reads back what was published, as any verifier would, before it is called done.
    private async Task<(TrustedTargets Targets, string Fingerprint, bool IsNew)> FinishAsync(byte[] root, bool isNew, CancellationToken cancellationToken)
    {
        context.Roots.Save(name, root, context.Servers.Address);
        var pin = RootPin.OfFile(request.Format, root);
        var current = await context.WithinTimeoutAsync(
            async token =>
            {
                using var trust = await context.OpenAsync(name, pin, [request.Format], isOffline: false, token);
                if (isNew)
                    trust.ForgetFormer();
                return (await RepositoryReading.ReadAsync(trust, context.Now, token)).Targets;
            },
            cancellationToken);
        InitDraft.Forget(context.Home, name);
        return (current, pin.Fingerprint, isNew);
    }

    private SuccinctRoles? BinsOf(InitDraft draft) => request.Format.Read<Targets>(draft.Targets, VerificationLimits.Default.MaxRootBytes).Signed.Delegations?.Succinct;

    private static IMetadataFormat FormatOf(byte[] root) => MetadataFormats.Detect(root, VerificationLimits.Default.MaxRootBytes);
}
