using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>The trusted files of one repository under one pinned root, kept from run to run.</summary>
public interface IMetadataCache
{
    /// <summary>The files of runs under other keys than those of the root that is followed; their root is one that lists those keys.</summary>
    IEnumerable<IMetadataCache> Others => [];

    /// <summary>Where a file is, for people.</summary>
    string LocationOf(string fileName) => fileName;

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

    /// <summary>The names of the files that begin and end like this, in ordinal order.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    IReadOnlyList<string> List(string start, string end);

    /// <summary>
    /// Says which root counts from now on, before it is stored: timestamp and snapshot that are read afterwards are none that only a
    /// removed key vouches for, whatever happens in between. A cache of one set of files removes them.
    /// </summary>
    /// <remarks>Source: TUF 1.0.34 §5.3.11.</remarks>
    /// <param name="root">The root.</param>
    /// <param name="former">The root before it, or null for the stored one at the start of a run.</param>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    void Follow(TrustedRoot root, TrustedRoot? former)
    {
        if (former is null || !(root.HasRotated(RoleName.Timestamp, former) || root.HasRotated(RoleName.Snapshot, former)))
            return;
        Remove(StoredFile.NameOf(RoleName.Timestamp));
        Remove(StoredFile.NameOf(RoleName.Snapshot));
    }
}
