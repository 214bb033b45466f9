using System.Buffers;
using System.Globalization;
using System.Text;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Where a target file lies below its base URL.</summary>
internal static class TargetUrl
{
    // A target path is part of a URL already, so its escapes stay; the rest of a path segment's characters is RFC 3986 §3.3.
    private static readonly SearchValues<byte> Kept =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@%/"u8);

    /// <summary>The path, with a hash before its last part where that is asked for, as under consistent snapshots. Source: TUF 1.0.34 §5.7.3, §6.2.1.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidTargetPath"/> or <see cref="TrustError.NoSupportedHash"/>.</exception>
    public static string PathOf(FoundTarget target, bool hasHashPrefix)
    {
        var path = target.Path;
        if (path.Split('/') is var parts && (parts[0].Length == 0 || parts.Any(part => part is "." or "..")))
            throw new TrustException(TrustError.InvalidTargetPath, $"\"{path}\" would leave the place of target files.");
        if (!hasHashPrefix)
            return Escape(path);
        if ((target.Target.Hashes.Sha256 ?? target.Target.Hashes.Find(FileHashes.Sha512Name)) is not { IsEmpty: false } hash)
            throw new TrustException(TrustError.NoSupportedHash, $"{path} is listed without sha256 and sha512; one of them is needed.");
        var name = path.LastIndexOf('/') + 1;
        return Escape($"{path[..name]}{Hex.Encode(hash.Span)}.{path[name..]}");
    }

    private static string Escape(string path)
    {
        var escaped = new StringBuilder(path.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(path))
        {
            if (Kept.Contains(octet))
                escaped.Append((char)octet);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
        return escaped.ToString();
    }
}
