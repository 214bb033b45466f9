namespace TrustService.Fuzz;

/// <summary>
/// An HTTP server without a network: each new connection gets the next of some raw answers, whatever it asks, and then the end
/// of the stream. What goes through it is read by the real HTTP client.
/// </summary>
internal static class RawAnswers
{
    /// <summary>A client that gets these answers; the caller disposes it.</summary>
    public static HttpClient Connect(IReadOnlyList<byte[]> answers)
    {
        var connection = -1;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = Http.HttpLimits.MaxHeaderKibibytes,
            MaxResponseDrainSize = 0,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new Answer(Interlocked.Increment(ref connection) is var index && index < answers.Count ? answers[index] : [])),
        };
        return new HttpClient(handler, disposeHandler: true);
    }

    private sealed class Answer(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
