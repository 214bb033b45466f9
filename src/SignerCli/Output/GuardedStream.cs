namespace TrustService.Cli.Output;

/// <summary>
/// Standard output or standard error, which may be on a full disk or closed. After the first failure nothing is written any more.
/// </summary>
/// <param name="inner">The stream of the process.</param>
/// <param name="isNeeded">True if a failure has to be known (results); false if the work goes on without it (messages).</param>
internal sealed class GuardedStream(Stream inner, bool isNeeded) : Stream
{
    private bool isBroken;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="OutputException">It cannot be written, and is needed.</exception>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="OutputException">It cannot be written, and is needed.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (isBroken)
            return;
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            isBroken = true;
            if (isNeeded)
                throw new OutputException(e);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
