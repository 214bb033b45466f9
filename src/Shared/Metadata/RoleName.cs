using System.Diagnostics.CodeAnalysis;
using System.Text;
using TrustService.Errors;

namespace TrustService.Metadata;

/// <summary>The name of a top-level or delegated role.</summary>
/// <remarks>
/// Reading is liberal, because clients must cope with any name (it is encoded wherever it meets a path or a URL).
/// What a format lets be *written* is narrower. Source: TUF 1.0.34 §4.5.
/// </remarks>
public sealed record RoleName
{
    /// <summary>Bytes of UTF-8 that a name may have.</summary>
    public const int MaxBytes = 255;

    /// <summary>The role that holds the keys of all top-level roles.</summary>
    public static readonly RoleName Root = new("root");

    /// <summary>The role that names the current snapshot.</summary>
    public static readonly RoleName Timestamp = new("timestamp");

    /// <summary>The role that names the current version of every targets role.</summary>
    public static readonly RoleName Snapshot = new("snapshot");

    /// <summary>The role that names targets and delegates to others.</summary>
    public static readonly RoleName Targets = new("targets");

    private RoleName(string value) => Value = value;

    /// <summary>The name as it stands in metadata.</summary>
    public string Value { get; }

    /// <summary>True for root, timestamp, snapshot and targets.</summary>
    public bool IsTopLevel => this == Root || this == Timestamp || this == Snapshot || this == Targets;

    /// <summary>Reads the name of any role.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRoleName"/></exception>
    public static RoleName Parse(string text) =>
        TryParse(text, out var name)
            ? name
            : throw new TrustException(TrustError.InvalidRoleName, $"A role name needs 1 to {MaxBytes} bytes and no control character; found {Shown(text)}.");

    /// <summary>Reads the name of a delegated role: none that could be taken for a top-level one.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRoleName"/></exception>
    public static RoleName ParseDelegated(string text)
    {
        var name = Parse(text);
        // Compared without case: on some disks ROOT.json and root.json are one file.
        return text.ToUpperInvariant() is "ROOT" or "TIMESTAMP" or "SNAPSHOT" or "TARGETS"
            ? throw new TrustException(TrustError.InvalidRoleName, $"A delegated role cannot be called {Shown(text)}: that is a top-level role.")
            : name;
    }

    /// <summary>Reads the name of any role.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RoleName? name)
    {
        name = text switch
        {
            null or "" => null,
            "root" => Root,
            "timestamp" => Timestamp,
            "snapshot" => Snapshot,
            "targets" => Targets,
            _ when Encoding.UTF8.GetByteCount(text) <= MaxBytes && !text.Any(char.IsControl) => new RoleName(text),
            _ => null,
        };
        return name is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string Shown(string text) => $"\"{new string([.. text.Take(40).Select(c => char.IsControl(c) ? '?' : c)])}\"";
}
