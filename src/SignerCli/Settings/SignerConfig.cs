using System.Collections.Immutable;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Cli.Settings;

/// <summary>The settings file. Every member may be left out; one that is not known is an error, because a misspelled one would be silent.</summary>
internal sealed record SignerConfig
{
    private const int MaxBytes = 256 * 1024;
    private static readonly string[] Known = ["server", "serverCa", "roots"];

    /// <summary>No settings.</summary>
    public static readonly SignerConfig None = new();

    /// <summary>Address of the trust server, or null.</summary>
    public string? Server { get; init; }

    /// <summary>PEM file of the authority that issued the server's certificate, or null.</summary>
    public string? ServerCa { get; init; }

    /// <summary>Pinned roots, each a file or a fingerprint, by repository or by pattern (<c>registry.example.com/team/*</c>).</summary>
    public ImmutableArray<(RepositoryPattern Pattern, string Root)> Roots { get; init; } = [];

    /// <summary>Reads the settings; none if the file does not exist.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> naming the file and what is wrong in it.</exception>
    public static SignerConfig Load(string path)
    {
        if (!File.Exists(path))
            return None;
        try
        {
            return Read(PrivateFiles.Read(path, MaxBytes), Path.GetDirectoryName(path)!);
        }
        catch (TrustException e) when (e.Error is not TrustError.LocalFile)
        {
            throw new TrustException(TrustError.Usage, $"The settings in {path} cannot be used: {e.Message}", e) { Hint = e.Hint };
        }
    }

    /// <summary>Reads the bytes of settings; paths in them are relative to <paramref name="directory"/>.</summary>
    /// <exception cref="TrustException">A coded refusal that does not name the file.</exception>
    internal static SignerConfig Read(ReadOnlySpan<byte> bytes, string directory)
    {
        var reader = new JsonObjectReader(StrictJson.Parse(bytes, JsonLimits.OfBytes(MaxBytes)), "the file");
        foreach (var member in reader.Members)
        {
            if (!Known.Contains(member.Name))
                throw new TrustException(TrustError.Usage, $"there is no setting called \"{member.Name}\".") { Hint = $"Settings are: {string.Join(", ", Known)}." };
        }
        return new SignerConfig
        {
            Server = reader.Optional("server") is null ? null : reader.Text("server"),
            ServerCa = reader.Optional("serverCa") is null ? null : FullPath(reader.Text("serverCa"), directory),
            Roots = reader.OptionalObject("roots") is { } roots ? ReadRoots(roots, directory) : [],
        };
    }

    private static ImmutableArray<(RepositoryPattern, string)> ReadRoots(JsonObjectReader roots, string directory)
    {
        var read = ImmutableArray.CreateBuilder<(RepositoryPattern, string)>();
        foreach (var member in roots.Members)
        {
            var root = roots.Text(member.Name);
            read.Add((RepositoryPattern.Parse(member.Name), PinnedRoots.InDirectory(WithoutNul(root), directory)));
        }
        return read.ToImmutable();
    }

    private static string FullPath(string path, string directory) => Path.GetFullPath(WithoutNul(path), directory);

    private static string WithoutNul(string path) =>
        path.Contains('\0', StringComparison.Ordinal) ? throw new TrustException(TrustError.Usage, "a path in it holds the character NUL, which no file name can have.") : path;
}
