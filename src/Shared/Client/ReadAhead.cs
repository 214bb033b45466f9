using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Client;

/// <summary>
/// The stored targets, parsed on another processor while the roles above them are fetched. Nothing is trusted by this: the file is
/// what counts, and it goes through every check when its turn comes.
/// </summary>
internal sealed class ReadAhead
{
    // Below it, starting a thread takes longer than reading.
    private const int MinBytes = 64 * 1024;

    private readonly Task<SignedMetadata<Targets>?>? reading;

    public ReadAhead(IMetadataFormat format, byte[]? file, int maxBytes)
    {
        File = file;
        if (file is { Length: >= MinBytes })
            reading = Task.Run(() => TryRead(format, file, maxBytes));
    }

    /// <summary>The stored file, or null if there is none.</summary>
    public byte[]? File { get; }

    /// <summary>The file as it was read; null if it has to be read here, where a refusal has its place.</summary>
    public SignedMetadata<Targets>? Result => reading?.GetAwaiter().GetResult();

    private static SignedMetadata<Targets>? TryRead(IMetadataFormat format, byte[] file, int maxBytes)
    {
        try
        {
            return format.Read<Targets>(file, maxBytes);
        }
        catch (TrustException)
        {
            return null;
        }
    }
}
