using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TrustService.Oci;

namespace TrustService.Server.Stores;

/// <summary>Numbers of locks.</summary>
internal static class StoreLock
{
    /// <summary>
    /// The lock of a repository: 64 bits of its name's SHA-256, so that all servers choose the same. Two repositories
    /// that share a number wait for each other; nothing worse.
    /// </summary>
    public static long Of(RepositoryName repository) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(repository.Value)));
}
