using System.IO.MemoryMappedFiles;

namespace TrustService.Fuzz;

/// <summary>
/// The input that a worker is reading, in a file that outlives the process: an exhausted stack or memory ends the process
/// without a word, and the file then has what did it, ready for --replay.
/// </summary>
internal sealed class InFlightFile : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    public InFlightFile(string path)
    {
        Path = path;
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, FuzzInput.MaxSavedBytes);
        view = file.CreateViewAccessor();
    }

    public string Path { get; }

    public void Set(string parser, byte[] input)
    {
        var header = FuzzInput.Header(parser, input.Length);
        view.WriteArray(0, header, 0, header.Length);
        view.WriteArray(header.Length, input, 0, input.Length);
    }

    /// <summary>Ends the watch and removes the file.</summary>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
        File.Delete(Path);
    }
}
