namespace TrustService.Client;

/// <summary>Writes files whole or not at all: beside their name, flushed, then renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file, in place of a former one if there is one; that stays as it is if this fails.</summary>
    /// <param name="path">The file; a link there is replaced, not followed.</param>
    /// <param name="temporary">A name beside it; what a run that died left there is overwritten.</param>
    /// <param name="content">The content.</param>
    /// <param name="beforeRename">What may still refuse when all is written, by an exception.</param>
    /// <exception cref="IOException">It cannot be written: no room, no such directory, …</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static void Write(string path, string temporary, ReadOnlySpan<byte> content, Action? beforeRename = null)
    {
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            beforeRename?.Invoke();
            File.Move(temporary, path, overwrite: true);
        }
        // What the base library makes of EFBIG: the disk, or the limit of this user, has no room for a file of this size.
        catch (ArgumentOutOfRangeException e)
        {
            Discard(temporary);
            throw new IOException($"a file of {content.Length} bytes has no room there", e);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    // What went wrong first is what has to be said.
    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
