using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TrustService.Editing;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Samples;

/// <summary>Made-up images: the same ones for every benchmark and both protocols.</summary>
internal static class SampleImages
{
    /// <summary>The tag of image <paramref name="index"/>.</summary>
    public static string Tag(int index) => index.ToString("'v'00000", CultureInfo.InvariantCulture);

    /// <summary>The SHA-256 of image <paramref name="index"/> after <paramref name="revision"/> pushes of its tag.</summary>
    public static byte[] Sha256(int index, long revision) =>
        SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{index}/{revision}")));

    /// <summary>Length in bytes of the manifest of image <paramref name="index"/>.</summary>
    public static long Length(int index) => 1000 + index;

    /// <summary>Image <paramref name="index"/> as a TUF target.</summary>
    public static TargetFile Target(int index, long revision) =>
        ImageTarget.Of(new Descriptor(MediaTypes.OciManifest, Digest.FromHex(Digest.Sha256, Json.Hex.Encode(Sha256(index, revision))), Length(index)), null);

    /// <summary>The targets role with the first <paramref name="count"/> images.</summary>
    public static Targets Targets(int count, DateTimeOffset expires)
    {
        var files = new Dictionary<string, TargetFile>(count, StringComparer.Ordinal);
        for (var index = 0; index < count; index++)
            files[Tag(index)] = Target(index, 0);
        return TargetsEditor.First(expires) with { TargetFiles = files.AsReadOnly() };
    }

    /// <summary>The next version of <paramref name="current"/>: the tag of the first image has moved.</summary>
    public static Targets MoveFirstTag(Targets current) => TargetsEditor.Next(
        current,
        new TargetsChange { Set = new TargetsChange().Set.Add(Tag(0), Target(0, current.Version)) },
        current.Expires);
}
