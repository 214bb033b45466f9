using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer init</c>.</summary>
internal sealed class InitCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository, such as registry.example.com/team/app" };
    private readonly Option<string?> rootKey = new("--root-key") { HelpName = "KEY", Description = "Use this root key: id, label, file or env://VARIABLE (default: a new one)" };
    private readonly Option<string?> targetsKey = new("--targets-key") { HelpName = "KEY", Description = "Use this targets key (default: a new one)" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of new keys (default p256)", DefaultValueFactory = _ => "p256" };
    private readonly Option<string> rootExpires = new("--root-expires") { HelpName = "TIME", Description = "How long root 1 is valid (default 10y)", DefaultValueFactory = _ => "10y" };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long targets 1 is valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Makes the command.</summary>
    public InitCommand(CliHost host, GlobalOptions globals)
        : base("init", "Start signing a repository. Makes its root and targets keys here, publishes root 1, and prints the fingerprint that verifiers pin.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(repository);
        foreach (var option in (Option[])[rootKey, targetsKey, type, rootExpires, expires, yes])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer init registry.example.com/team/app", "signer init registry.example.com/team/app --root-key vault-1"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ReadRepository(context.Parse.GetRequiredValue(repository));
        var lifetimes = (Root: Durations.Parse(context.Parse.GetRequiredValue(rootExpires), "--root-expires"), Targets: Durations.Parse(context.Parse.GetRequiredValue(expires), "--expires"));
        context.Output.Say("Trust server", context.Server.Address);
        var published = await context.WithinTimeoutAsync(token => FetchFirstRootAsync(context, name, token), cancellationToken);
        var draft = InitDraft.Find(context.Home, name);
        if (published is not null)
            return await FinishAsync(context, name, RequireOurs(context, name, published, draft), isNew: false, cancellationToken);

        context.Output.Say("Repository", $"{name} (new, format {context.Format.Name})");
        if (draft is null)
        {
            draft = await MakeAsync(context, name, lifetimes, cancellationToken);
            draft.Save(context.Home, name);
        }
        else
            context.Output.Say("Going on where the last attempt stopped: its root and targets are sent again.");
        await PublishAsync(context, name, draft, cancellationToken);
        return await FinishAsync(context, name, draft.Root, isNew: true, cancellationToken);
    }

    private static RepositoryName ReadRepository(string text)
    {
        var reference = ImageReference.Parse(text);
        return reference.TagIsImplied
            ? reference.Repository
            : throw new TrustException(TrustError.Usage, $"{text} is one image; trust belongs to its whole repository.") { Hint = $"Did you mean: signer init {reference.Repository}" };
    }

    private static Task<byte[]?> FetchFirstRootAsync(CommandContext context, RepositoryName name, CancellationToken cancellationToken) =>
        context.Server.Metadata(name).FetchAsync(context.Format.Rules.FileName(RoleName.Root, 1), VerificationLimits.Default.MaxRootBytes, cancellationToken);

    // The same bytes, or a signature by a root key of ours: an earlier run came through, even if its answer did not.
    private static byte[] RequireOurs(CommandContext context, RepositoryName name, byte[] published, InitDraft? draft)
    {
        if (draft?.Root.AsSpan().SequenceEqual(published) == true)
            return published;
        var root = TrustedRoot.Pin(context.Format, published, VerificationLimits.Default);
        root.RequireRepository(name);
        var signers = root.Signers.Signed.Select(id => root.Metadata.Signed.Keys[id]).ToList();
        if (context.Keys.List().Any(entry => signers.Any(entry.IsSame)))
            return published;
        throw new TrustException(TrustError.RepositoryExists, $"{name} has trust data already at {context.Server.Address}, and its root key is not in this key store.")
        {
            Hint = "To verify, pin its root as its owners tell you (--root). To sign, import its targets key as well (signer key import FILE).",
        };
    }

    private async Task<InitDraft> MakeAsync(CommandContext context, RepositoryName name, (TimeSpan Root, TimeSpan Targets) lifetimes, CancellationToken cancellationToken)
    {
        if (context.Roots.Find(name, null) is { } pinned)
        {
            context.Output.Warn($"This machine pins {pinned.Fingerprint} for {name}, but {context.Server.Address} knows nothing of it.");
            context.Confirm($"Start {name} anew, with another root? Verifiers that pin the old one will refuse it.", context.Parse.GetValue(yes));
        }
        // Asked for first: a server that cannot be used leaves no keys behind.
        var (snapshotKeys, timestampKeys) = await context.WithinTimeoutAsync(
            async token => (
                await context.Server.RequestOnlineKeysAsync(context.Format, name, RoleName.Snapshot, token),
                await context.Server.RequestOnlineKeysAsync(context.Format, name, RoleName.Timestamp, token)),
            cancellationToken);
        var scheme = KeySchemes.Parse(context.Parse.GetRequiredValue(type));
        using var root = RepositoryKey.Get(context, RoleName.Root, name, context.Parse.GetValue(rootKey), scheme);
        using var targets = RepositoryKey.Get(context, RoleName.Targets, name, context.Parse.GetValue(targetsKey), scheme);
        var created = NewRepository.Create(context.Format, name, root, targets, snapshotKeys.All, timestampKeys.All, context.Now + lifetimes.Root, context.Now + lifetimes.Targets);
        return new InitDraft(created.Root.File.ToArray(), created.Targets.File.ToArray());
    }

    private static async Task PublishAsync(CommandContext context, RepositoryName name, InitDraft draft, CancellationToken cancellationToken)
    {
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Root] = draft.Root, [RoleName.Targets] = draft.Targets };
        context.Output.Progress($"Publishing {name}");
        try
        {
            _ = await context.WithinTimeoutAsync(token => context.Server.PublishAsync(name, files, token), cancellationToken);
        }
        catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
        {
            // It will never be accepted; the keys stay in the key store and are used by the next attempt.
            InitDraft.Forget(context.Home, name);
            throw;
        }
    }

    // Reads back what was published, as any verifier would, before it is called done.
    private static async Task<Outcome> FinishAsync(CommandContext context, RepositoryName name, byte[] root, bool isNew, CancellationToken cancellationToken)
    {
        context.Roots.Save(name, root);
        var fingerprint = RootPin.OfFile(context.Format, root).Fingerprint;
        var current = await context.WithinTimeoutAsync(
            async token =>
            {
                using var trust = await context.OpenAsync(name, fingerprint, context.Server.Metadata(name), token);
                return (await RepositoryReading.ReadAsync(trust, context.Now, token)).Targets;
            },
            cancellationToken);
        InitDraft.Forget(context.Home, name);
        Report(context.Output, name, fingerprint, current, isNew);
        return Outcome.Verified;
    }

    private static void Report(CommandOutput output, RepositoryName name, string fingerprint, TrustedTargets current, bool isNew)
    {
        var timestamp = current.Snapshot.Timestamp.Metadata.Signed;
        var root = current.Snapshot.Root.Version;
        output.Say("");
        output.Say(isNew
            ? $"Published root {root}, targets {current.Metadata.Signed.Version}. Timestamp is valid until {CommandOutput.Date(timestamp.Expires)}, renewed by the server."
            : $"{name} is there already, with a root key of this key store: root {root}, targets {current.Metadata.Signed.Version}. Nothing was changed.");
        output.Say("Fingerprint    Give it to those who verify: signer verify --root FINGERPRINT");
        output.Result(fingerprint);
        output.Say("");
        output.Say($"Next: signer sign {name}:TAG   ·   a copy of the root key for the safe: signer key export KEY --private --out FILE");
        output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteOutcome(isNew ? "initialized" : "unchanged", Outcome.Verified);
            writer.WriteString("repository", name.Value);
            writer.WriteString("format", "tuf");
            writer.WriteString("fingerprint", fingerprint);
            writer.WriteStartObject("metadata");
            Write("root", root, current.Snapshot.Root.Metadata.Signed.Expires);
            Write("targets", current.Metadata.Signed.Version, current.Metadata.Signed.Expires);
            Write("timestamp", timestamp.Version, timestamp.Expires);
            writer.WriteEndObject();
            writer.WriteEndObject();

            void Write(string role, long version, DateTimeOffset expiry)
            {
                writer.WriteStartObject(role);
                writer.WriteNumber("version", version);
                writer.WriteTime("expires", expiry);
                writer.WriteEndObject();
            }
        });
    }
}
