using System.Net;
using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Fetches target files into one directory; only bytes that the trusted role lists ever get there.</summary>
/// <remarks>Source: TUF 1.0.34 §5.7.3.</remarks>
/// <param name="exchange">How requests are made.</param>
/// <param name="targetBaseUrl">The base URL of target files, with or without a final slash.</param>
/// <param name="directory">Where files go; it is made if it is absent.</param>
public sealed class TargetDownloader(HttpExchange exchange, string targetBaseUrl, string directory)
{
    /// <summary>Bytes of a target file at the most: 256 MiB. It is held in memory while it is checked.</summary>
    public const int MaxTargetBytes = 256 * 1024 * 1024;

    private const int MaxFileNameBytes = 200;

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string baseUrl = targetBaseUrl.EndsWith('/') ? targetBaseUrl : targetBaseUrl + "/";

    /// <summary>
    /// False for a host that keeps target files under their plain names although its root says consistent snapshots. Default: true,
    /// <c>HASH.name</c> under consistent snapshots. Source: TUF 1.0.34 §5.7.3.
    /// </summary>
    public bool HasHashPrefixes { get; init; } = true;

    /// <summary>
    /// True to lay files out in directories as their target paths say; a path that cannot be laid out is refused, and so is a way that
    /// goes through a link, before the download and again just before the file takes its name. Default: false, one file of an encoded name for each path.
    /// </summary>
    public bool HasDirectories { get; init; }

    /// <summary>Fetches a target, unless the directory holds it already.</summary>
    /// <returns>The path of the file.</returns>
    /// <exception cref="TrustException">A coded refusal; a file of a former download is left as it was.</exception>
    public async Task<string> DownloadAsync(FoundTarget target, CancellationToken cancellationToken)
    {
        string[] parts = HasDirectories ? PartsOf(target.Path) : [FileName(target.Path)];
        if (File.Exists(directory))
            throw new TrustException(TrustError.LocalFile, $"{directory} is a file; files can only be put into a directory.") { Hint = "Name a directory; one that is not there is made." };
        RequireNoLink(parts);
        var path = Path.Combine([directory, .. parts]);
        if (IsPresent(path, target))
            return path;
        if (target.Target.Length > MaxTargetBytes)
            throw new TrustException(TrustError.TooLarge, $"{target.Path} is listed with {target.Target.Length} bytes; at most {MaxTargetBytes} are fetched.");
        var bytes = await FetchAsync(target, cancellationToken).ConfigureAwait(false);
        Check(bytes, target);
        Write(parts, path, bytes);
        return path;
    }

    /// <summary>True if a target path can be laid out below a directory: its parts are file names, none empty or pointing elsewhere.</summary>
    public static bool CanBeLaidOut(string targetPath) =>
        !Array.Exists(targetPath.Split('/'), part => part is "" or "." or ".." || part.Contains('\\', StringComparison.Ordinal) || part.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0);

    /// <summary>The name of a target's file: one segment, whatever the path; different for different paths.</summary>
    internal static string FileName(string targetPath)
    {
        var name = Uri.EscapeDataString(targetPath);
        if (name is "." or "..")
            return name.Replace(".", "%2E", StringComparison.Ordinal);
        return name.Length <= MaxFileNameBytes ? name : "sha256-" + Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(targetPath)));
    }

    private static string[] PartsOf(string targetPath)
    {
        if (!CanBeLaidOut(targetPath))
            throw new TrustException(TrustError.InvalidTargetPath, $"\"{targetPath}\" cannot be laid out below a directory.");
        return targetPath.Split('/');
    }

    // The file itself may be a link: it is replaced, not followed.
    private void RequireNoLink(string[] parts)
    {
        var above = directory;
        foreach (var part in parts[..^1])
        {
            above = Path.Combine(above, part);
            if (new DirectoryInfo(above).LinkTarget is not null)
                throw new TrustException(TrustError.LocalFile, $"{above} is a link; nothing is written through it.") { Hint = "Remove it, or name another directory." };
        }
    }

    private async Task<byte[]> FetchAsync(FoundTarget target, CancellationToken cancellationToken)
    {
        var name = TargetUrl.PathOf(target, HasHashPrefixes && target.Role.Snapshot.Root.Metadata.Signed.ConsistentSnapshot);
        if (!Uri.TryCreate(baseUrl + name, AsWritten, out var uri))
            throw ServerAnswers.NoAddress(targetBaseUrl);
        var answer = await GetAsync(uri, target, cancellationToken).ConfigureAwait(false);
        return answer.Status switch
        {
            HttpStatusCode.OK => answer.Body.ToArray(),
            HttpStatusCode.NotFound or HttpStatusCode.Forbidden => throw new TrustException(TrustError.MetadataUnknown, $"{target.Path} is listed, but its file is not at {uri.OriginalString}.")
            {
                Hint = "If files are elsewhere: --targets-url URL. If they have their plain names there: --no-hash-prefix.",
            },
            _ => throw ServerAnswers.Explain(answer),
        };
    }

    private async Task<HttpAnswer> GetAsync(Uri uri, FoundTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Get, address), target.Target.Length, cancellationToken).ConfigureAwait(false);
        }
        catch (TrustException e) when (e.Error == TrustError.TooLarge)
        {
            throw new TrustException(e.Error, $"{target.Path} has more than the {target.Target.Length} bytes that are listed, at {uri.OriginalString}.", e);
        }
    }

    private static void Check(ReadOnlySpan<byte> bytes, FoundTarget target) =>
        FileIntegrity.Check(bytes, target.Target.Length, target.Target.Hashes, target.Path);

    private static bool IsPresent(string path, FoundTarget target)
    {
        try
        {
            var file = new FileInfo(path);
            // A link could be turned to other content after the check.
            if (!file.Exists || file.LinkTarget is not null || file.Length != target.Target.Length || file.Length > MaxTargetBytes)
                return false;
            Check(File.ReadAllBytes(path), target);
            return true;
        }
        catch (TrustException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    private void Write(string[] parts, string path, byte[] bytes)
    {
        var place = Path.GetDirectoryName(path) is { Length: > 0 } above ? above : ".";
        try
        {
            // The directory may be one that others write to as well, and the download took its time: links are looked for anew, and once
            // more before the file takes its name. The name beside it is one that nobody can foresee.
            RequireNoLink(parts);
            Directory.CreateDirectory(place);
            RequireNoLink(parts);
            AtomicFile.Write(path, Path.Combine(place, $".{Path.GetRandomFileName()}.new"), bytes, () => RequireNoLink(parts));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    private static TrustException Unusable(string path, Exception e) =>
        new(TrustError.LocalFile, $"{path} cannot be used: {e.Message.TrimEnd('.')}.", e) { Hint = "Check the directory's owner and the free space of the disk." };
}
