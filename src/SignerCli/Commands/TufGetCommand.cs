using System.CommandLine;
using System.Text.Json;
using TrustService.Cli.Home;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer tuf get</c>.</summary>
internal sealed class TufGetCommand : SignerCommand
{
    private readonly Argument<string> url = new("url") { HelpName = "URL", Description = "Address of the metadata: https://files.example.com/metadata/" };
    private readonly Argument<string[]> targets = new("target") { HelpName = "TARGET", Description = "Target path, as the metadata lists it", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> root = new("--root") { HelpName = "PIN", Description = "Pinned root: its file, or root:VERSION:sha256:HEX", Required = true };
    private readonly Option<string?> targetsUrl = new("--targets-url") { HelpName = "URL", Description = "Address of the files (default: targets/ beside metadata/, else below URL)" };
    private readonly Option<bool> noHashPrefix = new("--no-hash-prefix") { Description = "Ask for NAME where consistent snapshots would have HASH.NAME" };
    private readonly Option<string> directory = new("--out", "-o") { HelpName = "DIR", Description = "Where files go, laid out as their target paths say (default: here)", DefaultValueFactory = _ => "." };

    /// <summary>Makes the command.</summary>
    public TufGetCommand(CliHost host, GlobalOptions globals)
        : base("get", "Download files from any TUF 1.0 repository. Prints the path of each file that is verified.", host, globals)
    {
        Arguments.Add(url);
        Arguments.Add(targets);
        foreach (var option in (Option[])[root, targetsUrl, noHashPrefix, directory])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer tuf get https://files.example.com/metadata/ --root root.json tools/build.tgz -o out",
        "signer tuf get https://tuf-repo-cdn.sigstore.dev --root sigstore-root.json trusted_root.json",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(targets) ?? [];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (Array.Find(context.Parse.GetRequiredValue(targets), target => !TargetDownloader.CanBeLaidOut(target)) is { } outside)
            throw new TrustException(TrustError.Usage, $"\"{outside}\" cannot be laid out below a directory.") { Hint = "A target path begins without a slash, and none of its parts is empty, . or .." };
        var results = await context.WithinTimeoutAsync(token => GetAsync(context, token), cancellationToken);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var result in results)
                Write(writer, result);
            writer.WriteEndArray();
        });
        return Outcomes.Worst(results.Select(result => result.Error?.Info.Outcome ?? Outcome.Verified));
    }

    private async Task<List<Result>> GetAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var host = context.HostAt("URL", context.Parse.GetRequiredValue(url));
        var downloader = new TargetDownloader(host.Exchange, context.Parse.GetValue(targetsUrl) is { } address ? host.RequireAddress("--targets-url", address) : host.DefaultTargetsUrl, context.Parse.GetRequiredValue(directory))
        {
            HasDirectories = true,
            HasHashPrefixes = !context.Parse.GetValue(noHashPrefix),
        };
        PrivateFiles.EnsureDirectory(context.Home.Cache);
        context.Output.Progress($"Reading {host.Metadata.Location}");
        var now = context.Now;
        using var repository = await HostedRepository.OpenAsync(MetadataFormats.Find("tuf"), PinOf(context.Parse.GetRequiredValue(root)), host.Metadata, context.Home.Cache, now, cancellationToken);
        var client = repository.StartRun(now, new TrustClientOptions());
        var top = await client.RefreshAsync(cancellationToken);
        var results = new List<Result>();
        foreach (var target in context.Parse.GetRequiredValue(targets))
            results.Add(await GetOneAsync(context.Output, client, top, downloader, target, cancellationToken));
        return results;
    }

    private static RootPin PinOf(string text) => PinnedRoots.Read(text) as RootPin
        ?? throw new TrustException(TrustError.Usage, $"{text} pins certificates, and root keys of TUF are none.") { Hint = "Give the root's file, or its fingerprint root:VERSION:sha256:…" };

    // One target that is refused is no reason to leave out the others.
    private static async Task<Result> GetOneAsync(CommandOutput output, TrustClient client, TrustedTargets top, TargetDownloader downloader, string target, CancellationToken cancellationToken)
    {
        try
        {
            output.Progress($"Downloading {target}");
            var found = await client.FindAsync(top, target, cancellationToken)
                ?? throw new TrustException(TrustError.NotSigned, $"No role that may speak for \"{target}\" lists it.") { Hint = "Target paths are case-sensitive and begin without a slash." };
            var path = await downloader.DownloadAsync(found, cancellationToken);
            output.Pass("verified", $"{target}  {found.Target.Length} bytes  by {found.Role.Role} {found.Role.Metadata.Signed.Version}");
            output.Result(path);
            return new Result(target, found, path, null);
        }
        catch (TrustException e)
        {
            output.Refuse(e);
            return new Result(target, null, null, e);
        }
    }

    private static void Write(Utf8JsonWriter writer, Result result)
    {
        if (result.Error is { } error)
        {
            writer.WriteRefusal(result.Target, error);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("reference", result.Target);
        writer.WriteOutcome(Outcomes.Name(Outcome.Verified), Outcome.Verified);
        writer.WriteString("path", result.Path);
        writer.WriteNumber("length", result.Found!.Target.Length);
        writer.WriteStartObject("hashes");
        foreach (var hash in result.Found.Target.Hashes.Values)
            writer.WriteString(hash.Algorithm, Hex.Encode(hash.Value.Span));
        writer.WriteEndObject();
        writer.WriteString("role", result.Found.Role.Role.Value);
        writer.WriteNumber("roleVersion", result.Found.Role.Metadata.Signed.Version);
        writer.WriteEndObject();
    }

    private sealed record Result(string Target, FoundTarget? Found, string? Path, TrustException? Error);
}
