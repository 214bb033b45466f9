using System.Security.Cryptography;
using System.Text;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>
/// The files below root that were trusted under one set of keys of timestamp, snapshot and targets, in a cache that holds several such
/// sets; no run under other keys writes there. A root with those keys lies beside them.
/// </summary>
internal sealed class KeyedFiles : IMetadataCache
{
    private const string Start = "keys+";
    private const string RootEnd = "+root.json";
    private const int NameBytes = 16;

    private readonly IMetadataCache shared;
    private readonly string? name;
    private readonly TrustedRoot? root;
    private bool hasRoot;

    private KeyedFiles(IMetadataCache shared, string? name, TrustedRoot? root) => (this.shared, this.name, this.root) = (shared, name, root);

    // A timestamp whose snapshot never came has taken the place of one that was seen with its snapshot: these are the latter two.
    private bool IsLastPair { get; init; }

    /// <summary>The files of the keys of a root.</summary>
    public static KeyedFiles Of(IMetadataCache shared, TrustedRoot root) => new(shared, NameOf(root), root);

    /// <summary>What was kept before files were kept apart: of whichever keys, and without their root.</summary>
    public static KeyedFiles Former(IMetadataCache shared) => new(shared, null, null);

    /// <summary>All that a cache holds.</summary>
    public static IEnumerable<KeyedFiles> All(IMetadataCache shared) =>
        shared.List(Start, RootEnd)
            .Select(file => file[Start.Length..^RootEnd.Length])
            .SelectMany(name => (KeyedFiles[])[new(shared, name, null), new(shared, name, null) { IsLastPair = true }])
            .Append(Former(shared));

    /// <summary>True if these are the files of the same keys.</summary>
    public bool IsSame(KeyedFiles other) => name == other.name;

    /// <inheritdoc/>
    public byte[]? Read(string fileName) => Holds(fileName) ? shared.Read(Map(fileName)) : null;

    /// <inheritdoc/>
    public void Write(string fileName, ReadOnlyMemory<byte> bytes)
    {
        // The root first: files without one would not be found again.
        if (!hasRoot && root is not null && Read(StoredFile.NameOf(RoleName.Root)) is null)
            shared.Write(Map(StoredFile.NameOf(RoleName.Root)), root.Metadata.File);
        hasRoot = true;
        if (fileName == StoredFile.NameOf(RoleName.Timestamp))
            KeepLastPair(bytes);
        shared.Write(Map(fileName), bytes);
    }

    /// <inheritdoc/>
    public void Remove(string fileName) => shared.Remove(Map(fileName));

    /// <inheritdoc/>
    public string LocationOf(string fileName) => shared.LocationOf(Map(fileName));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string start, string end) => shared.List(Map(start), end);

    private void KeepLastPair(ReadOnlyMemory<byte> next)
    {
        var name = StoredFile.NameOf(RoleName.Timestamp);
        if (root is null || Read(name) is not { } file || root.RecallTimestamp(file) is not { } timestamp)
            return;
        if (Read(StoredFile.NameOf(RoleName.Snapshot)) is { } stored && timestamp.RecallSnapshot(stored) is { } snapshot && timestamp.Lists(snapshot) && root.RecallTimestamp(next)?.Lists(snapshot) != true)
            new KeyedFiles(shared, this.name, null) { IsLastPair = true }.Write(name, file);
    }

    private bool Holds(string fileName) =>
        name is null ? fileName != StoredFile.NameOf(RoleName.Root)
        : !IsLastPair || fileName == StoredFile.NameOf(RoleName.Timestamp) || fileName == StoredFile.NameOf(RoleName.Snapshot);

    // The names of roles are escaped before they become file names, so that no role is called like these.
    private string Map(string fileName) =>
        name is null ? fileName
        : fileName == StoredFile.NameOf(RoleName.Root) || (IsLastPair && fileName == StoredFile.NameOf(RoleName.Timestamp)) ? $"{Start}{name}+{fileName}"
        : $"{Start}{name}.{fileName}";

    // All that decides whether a signature counts, ids too: a root of somebody else may list the same keys under other ids.
    private static string NameOf(TrustedRoot root)
    {
        var text = new StringBuilder(root.Format.Name);
        foreach (var role in (RoleName[])[RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
        {
            var assigned = root.Metadata.Signed.Roles[role];
            text.Append('\n').Append(assigned.Threshold);
            foreach (var id in assigned.KeyIds.Distinct().OrderBy(id => id.Value, StringComparer.Ordinal))
            {
                if (root.Metadata.Signed.Keys.TryGetValue(id, out var key))
                    text.Append('\n').Append(key.Fingerprint).Append(' ').Append(key.Scheme).Append(' ').Append(id.Value.Length).Append(' ').Append(id.Value);
            }
        }
        return Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, NameBytes));
    }
}
