using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Server.Data;

/// <summary>
/// What a server knows to have been published, kept outside the database: positions of the change feed with a digest of each. A database that was
/// restored from a backup lacks them, or has others in their place.
/// </summary>
/// <param name="Restore">The last restore of the database that was dealt with; 0 for none.</param>
/// <param name="Checkpoints">Positions and digests, the lowest first; dense towards the end.</param>
internal sealed record HighWaterMark(long Restore, ImmutableArray<(long Position, string Digest)> Checkpoints)
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "high-water.json";

    private const int MaxCheckpoints = 48;
    private const int MaxBytes = 64 * 1024;

    /// <summary>Nothing is known.</summary>
    public static readonly HighWaterMark None = new(0, []);

    /// <summary>The highest position that is known; 0 for none.</summary>
    public long Highest => Checkpoints.IsEmpty ? 0 : Checkpoints[^1].Position;

    /// <summary>Adds a position. Of the older ones fewer and fewer are kept, so that the file stays small.</summary>
    public HighWaterMark With(long position, string digest)
    {
        var next = Checkpoints.Add((position, digest));
        // The pair that is closest together, seen from the end, tells least.
        while (next.Length > MaxCheckpoints)
        {
            var least = Enumerable.Range(1, next.Length - 2).MinBy(i => (double)(next[i + 1].Position - next[i - 1].Position) / (position - next[i - 1].Position));
            next = next.RemoveAt(least);
        }
        return this with { Checkpoints = next };
    }

    /// <summary>Reads the file of a data directory; <see cref="None"/> if there is none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if it cannot be read, or is damaged.</exception>
    public static HighWaterMark Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            if (!File.Exists(path))
                return None;
            if (new FileInfo(path).Length > MaxBytes)
                throw Damaged(path, null);
            var reader = new JsonObjectReader(StrictJson.Parse(File.ReadAllBytes(path), JsonLimits.OfBytes(MaxBytes)), "high-water mark");
            return new HighWaterMark(
                reader.Integer("restore", 0, long.MaxValue),
                [.. reader.Array("checkpoints").EnumerateArray().Select(item => new JsonObjectReader(item, "checkpoint")).Select(item => (item.Integer("change", 1, long.MaxValue), item.Text("digest")))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TrustException { Error: not TrustError.LocalFile })
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Replaces the file of a data directory.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            PrivateFiles.CreateDirectory(directory);
            using (var file = PrivateFiles.Create(temporary, FileMode.CreateNew))
            {
                file.Write(Bytes());
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"The high-water mark {path} cannot be written: {e.Message}", e) { Hint = "Give the server a data directory that it can write to." };
        }
    }

    private byte[] Bytes() => JsonWriting.Bytes(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("restore", Restore);
        writer.WriteStartArray("checkpoints");
        foreach (var (position, digest) in Checkpoints)
        {
            writer.WriteStartObject();
            writer.WriteNumber("change", position);
            writer.WriteString("digest", digest);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static TrustException Damaged(string path, Exception? e) =>
        new(TrustError.LocalFile, $"The high-water mark {path} cannot be read.", e) { Hint = "It tells what was published before. If it is damaged and the database was not restored from a backup, remove it." };
}
