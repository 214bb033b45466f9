using TrustService.Errors;

namespace TrustService.Http;

/// <summary>The only place that reads bodies of HTTP messages: never more than the caller's limit, never decompressed.</summary>
public static class BoundedContent
{
    private const int ChunkBytes = 64 * 1024;

    // What is announced beyond it gets its room when it arrives.
    private const int MaxRoomBytes = 4 * 1024 * 1024;

    /// <summary>Reads a body to its end.</summary>
    /// <param name="content">The body.</param>
    /// <param name="maxBytes">Bytes at the most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException"><see cref="TrustError.TooLarge"/>, before the surplus is read.</exception>
    /// <exception cref="HttpIOException">The body ends early or is not as long as its header says.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength;
        if (announced > maxBytes)
            throw TooLarge($"{announced} bytes are announced", maxBytes);
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var body = await ReadStreamAsync(stream, maxBytes, (int)Math.Min(announced ?? 0, MaxRoomBytes), cancellationToken).ConfigureAwait(false);
        if (announced is not null && announced != body.Length)
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"The body has {body.Length} bytes, but {announced} were announced.");
        return body;
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="maxBytes">Bytes at the most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException"><see cref="TrustError.TooLarge"/>.</exception>
    public static Task<byte[]> ReadStreamAsync(Stream stream, long maxBytes, CancellationToken cancellationToken) => ReadStreamAsync(stream, maxBytes, 0, cancellationToken);

    private static async Task<byte[]> ReadStreamAsync(Stream stream, long maxBytes, int room, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(room);
        var chunk = new byte[ChunkBytes];
        while (true)
        {
            // One byte beyond the limit is asked for, to tell a body of exactly the limit from a longer one.
            var wanted = (int)Math.Min(chunk.Length, maxBytes - body.Length + 1);
            var read = await stream.ReadAsync(chunk.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return body.Length == body.Capacity ? body.GetBuffer() : body.ToArray();
            body.Write(chunk, 0, read);
            if (body.Length > maxBytes)
                throw TooLarge("more bytes follow", maxBytes);
        }
    }

    private static TrustException TooLarge(string found, long maxBytes) =>
        new(TrustError.TooLarge, $"The answer is too long: {found}, at most {maxBytes} are read.");
}
