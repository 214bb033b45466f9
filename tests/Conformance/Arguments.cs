using System.Collections.Immutable;
using TrustService.Errors;

namespace TrustService.Conformance;

/// <summary>A command line of the TUF conformance suite: options first, then the command.</summary>
internal sealed record Arguments
{
    /// <summary><c>init</c>, <c>refresh</c> or <c>download</c>.</summary>
    public string Command { get; private init; } = "";

    /// <summary>The trusted root file, for <c>init</c>.</summary>
    public string RootFile { get; private init; } = "";

    /// <summary>Where the client keeps its metadata.</summary>
    public string MetadataDirectory { get; private init; } = "";

    /// <summary>Base URL of the metadata.</summary>
    public string MetadataUrl { get; private init; } = "";

    /// <summary>Base URL of the target files.</summary>
    public string TargetBaseUrl { get; private init; } = "";

    /// <summary>Where target files go.</summary>
    public string TargetDirectory { get; private init; } = "";

    /// <summary>Target paths, in order.</summary>
    public ImmutableArray<string> TargetNames { get; private init; } = [];

    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--metadata-dir" => parsed with { MetadataDirectory = Value(args, ++i) },
                "--metadata-url" => parsed with { MetadataUrl = Value(args, ++i) },
                "--target-base-url" => parsed with { TargetBaseUrl = Value(args, ++i) },
                "--target-dir" => parsed with { TargetDirectory = Value(args, ++i) },
                "--target-name" => parsed with { TargetNames = parsed.TargetNames.Add(Value(args, ++i)) },
                "init" => parsed with { Command = "init", RootFile = Value(args, ++i) },
                "refresh" or "download" => parsed with { Command = args[i] },
                _ => throw new TrustException(TrustError.Usage, $"\"{args[i]}\" is not an argument of this client."),
            };
        }
        return parsed.Command.Length > 0 && parsed.MetadataDirectory.Length > 0
            ? parsed
            : throw new TrustException(TrustError.Usage, "A command and --metadata-dir are needed.");
    }

    private static string Value(string[] args, int at) =>
        at < args.Length ? args[at] : throw new TrustException(TrustError.Usage, $"A value is needed after {args[^1]}.");
}
