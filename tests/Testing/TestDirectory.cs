namespace TrustService.Testing;

/// <summary>A directory of its own, removed at the end.</summary>
public sealed class TestDirectory : IDisposable
{
    /// <summary>Absolute path.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("trust-test-").FullName;

    /// <summary>Path of something in the directory.</summary>
    public string this[string name] => Path.Combine(FullPath, name);

    /// <summary>Writes a file, with the directories above it, and returns its path.</summary>
    public string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
        return this[name];
    }

    /// <summary>Removes the directory.</summary>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
