using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The options by which a command is told what to trust.</summary>
internal sealed class TrustFlags
{
    /// <summary>The anchor of trust.</summary>
    public Option<string?> Root { get; } = new("--root") { HelpName = "PIN", Description = "Pinned root: its file, root:VERSION:sha256:HEX, or cert:ID of a Notary root certificate" };

    /// <summary>Trust on first use.</summary>
    public Option<bool> Tofu { get; } = new("--tofu") { Description = "Pin the root that the server offers now, if none is pinned yet" };

    /// <summary>The format of the repository.</summary>
    public Option<string?> Format { get; } = FormatOption("Format of the repository (default: that of its root)");

    /// <summary>An option that names a format.</summary>
    public static Option<string?> FormatOption(string description)
    {
        var option = new Option<string?>("--format") { HelpName = "tuf|notary", Description = description };
        option.AcceptOnlyFromAmong("tuf", "notary");
        return option;
    }
}
