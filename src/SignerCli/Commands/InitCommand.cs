using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer init</c>.</summary>
internal sealed class InitCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository, such as registry.example.com/team/app" };
    private readonly Option<string?> rootKey = new("--root-key") { HelpName = "KEY", Description = "Use this root key: id, label, file, env://VARIABLE, pkcs11:… or exec:PROGRAM (default: a new one)" };
    private readonly Option<string?> targetsKey = new("--targets-key") { HelpName = "KEY", Description = "Use this targets key (default: a new one)" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of new keys (default p256)", DefaultValueFactory = _ => "p256" };
    private readonly Option<string> rootExpires = new("--root-expires") { HelpName = "TIME", Description = "How long root 1 is valid (default 10y)", DefaultValueFactory = _ => "10y" };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long targets 1 is valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly Option<string?> format = TrustFlags.FormatOption("Format of the trust data: tuf, or notary for the clients of Docker Content Trust (default tuf)");
    private readonly Option<int?> bins = new("--bins") { HelpName = "N", Description = "Spread the targets over N hash bins, a power of two: for repositories of very many tags (about N × 128)" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Makes the command.</summary>
    public InitCommand(CliHost host, GlobalOptions globals)
        : base("init", "Start signing a repository. Makes its root and targets keys here, publishes root 1, and prints the fingerprint that verifiers pin.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(repository);
        foreach (var option in (Option[])[rootKey, targetsKey, type, format, bins, rootExpires, expires, yes])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer init registry.example.com/team/app", "signer init registry.example.com/team/app --root-key vault-1", "signer init registry.example.com/team/app --format notary", "signer init registry.example.com/team/app --bins 1024"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ReadRepository(context.Parse.GetRequiredValue(repository));
        var wanted = MetadataFormats.Find(context.Parse.GetValue(format) ?? "tuf");
        var request = new InitRequest(
            wanted,
            context.Parse.GetValue(rootKey),
            context.Parse.GetValue(targetsKey),
            KeySchemes.Parse(context.Parse.GetRequiredValue(type)),
            Durations.ParseLifetime(context.Parse.GetRequiredValue(rootExpires), "--root-expires"),
            Durations.ParseLifetime(context.Parse.GetRequiredValue(expires), "--expires"),
            context.Parse.GetValue(yes))
        {
            Bins = context.Parse.GetValue(bins) is { } count ? HashBins.RequireCount(wanted, count) : 0,
        };
        context.Output.Say("Trust server", context.Servers.Address);
        var (targets, fingerprint, isNew) = await new RepositoryInitialization(context, name, request).RunAsync(cancellationToken);
        Report(context, name, fingerprint, targets, isNew);
        return Outcome.Verified;
    }

    private static RepositoryName ReadRepository(string text)
    {
        var reference = ImageReference.Parse(text);
        return reference.TagIsImplied
            ? reference.Repository
            : throw new TrustException(TrustError.Usage, $"{text} is one image; trust belongs to its whole repository.") { Hint = $"Did you mean: signer init {reference.Repository}" };
    }

    // Of a root key whose private half is here and can be copied.
    private static string BackupAdvice(CommandContext context, Root root) =>
        context.Keys.List().FirstOrDefault(entry => entry.IsFile && OwnerUpdate.KeysOf(root, RoleName.Root).Any(entry.IsSame)) is { Id: { } id } key
            ? $"   ·   a backup of the root key for the safe: signer key backup {key.Label ?? id.Value[..8]} --out FILE"
            : "";

    private static void Report(CommandContext context, RepositoryName name, string fingerprint, TrustedTargets current, bool isNew)
    {
        var output = context.Output;
        var timestamp = current.Snapshot.Timestamp.Metadata.Signed;
        var root = current.Snapshot.Root.Version;
        output.Say("");
        output.Say(isNew
            ? $"Published root {root}, targets {current.Metadata.Signed.Version}. Timestamp is valid until {CommandOutput.Date(timestamp.Expires)}, renewed by the server."
            : $"{name} is there already, with a root key of this key store: root {root}, targets {current.Metadata.Signed.Version}. Nothing was changed.");
        output.Say("Fingerprint    Give it to those who verify: signer verify --root FINGERPRINT");
        output.Result(fingerprint);
        output.Say("");
        output.Say($"Next: signer sign {name}:TAG{BackupAdvice(context, current.Snapshot.Root.Metadata.Signed)}");
        output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteOutcome(isNew ? "initialized" : "unchanged", Outcome.Verified);
            writer.WriteString("repository", name.Value);
            writer.WriteString("format", current.Snapshot.Root.Format.Name);
            if (current.Bins is { } spread)
                writer.WriteNumber("bins", spread.Count);
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
