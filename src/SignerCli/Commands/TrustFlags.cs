using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The options by which a command is told which root to trust.</summary>
internal sealed class TrustFlags
{
    /// <summary>The pinned root.</summary>
    public Option<string?> Root { get; } = new("--root") { HelpName = "FILE|FINGERPRINT", Description = "Pinned root: its file, or root:VERSION:sha256:HEX" };

    /// <summary>Trust on first use.</summary>
    public Option<bool> Tofu { get; } = new("--tofu") { Description = "Pin the root that the server offers now, if none is pinned yet" };
}
