using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The options by which a command is told what to trust.</summary>
internal sealed class TrustFlags
{
    /// <summary>The anchor of trust.</summary>
    public Option<string?> Root { get; } = new("--root") { HelpName = "PIN", Description = "Pinned root: its file, root:VERSION:sha256:HEX, or of Notary cert:ID or ca:FILE" };

    /// <summary>Pins of the <c>notary</c> client.</summary>
    public Option<string?> TrustPinning { get; } = new("--trust-pinning") { HelpName = "FILE", Description = "Pin as trust_pinning in this configuration of the notary client says" };


    /// <summary>Trust on first use.</summary>
    public Option<bool> Tofu { get; } = new("--tofu") { Description = "Pin the root that the server offers now, if none is pinned yet" };

    /// <summary>Another place of the metadata than a trust server.</summary>
    public Option<string?> MetadataUrl { get; } = new("--metadata-url") { HelpName = "URL", Description = "Take TUF metadata from this address of any host, not from a trust server" };

    /// <summary>The format of the repository.</summary>
    public Option<string?> Format { get; } = FormatOption("Format of the repository (default: that of its root)");

    /// <summary>The options of commands that rely on what others sign.</summary>
    public IEnumerable<Option> ForReading => [Root, TrustPinning, Tofu, Format, MetadataUrl];

    /// <summary>The options of commands that sign.</summary>
    public IEnumerable<Option> ForSigning => [Root, Format];

    /// <summary>An option that names a format.</summary>
    public static Option<string?> FormatOption(string description)
    {
        var option = new Option<string?>("--format") { HelpName = "tuf|notary", Description = description };
        option.AcceptOnlyFromAmong("tuf", "notary");
        return option;
    }
}
