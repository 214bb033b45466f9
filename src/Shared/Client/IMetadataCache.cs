using TrustService.Errors;

namespace TrustService.Client;

/// <summary>The trusted files of one repository under one pinned root, kept from run to run.</summary>
public interface IMetadataCache
{
    /// <summary>Reads a file.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    byte[]? Read(string fileName);

    /// <summary>Replaces a file, whole or not at all.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    void Write(string fileName, ReadOnlyMemory<byte> bytes);

    /// <summary>Removes a file; an absent one is no error.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    void Remove(string fileName);

    /// <summary>Where a file is, for people.</summary>
    string LocationOf(string fileName) => fileName;
}
