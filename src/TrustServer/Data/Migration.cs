using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using TrustService.Json;

namespace TrustService.Server.Data;

/// <summary>One numbered file of <c>migrations/</c>.</summary>
/// <param name="Number">Its number, from 1 without gaps.</param>
/// <param name="Name">Its file name without <c>.sql</c>.</param>
/// <param name="Sql">Its statements.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; } = Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The files that this program carries for one database, in order.</summary>
    public static IReadOnlyList<Migration> ReadEmbedded(string dialect)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"migrations/{dialect}/";
        return [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => Read(assembly, n, prefix))];
    }

    private static Migration Read(Assembly assembly, string resource, string prefix)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var name = resource[prefix.Length..^".sql".Length];
        return new Migration(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
