using System.Buffers.Binary;
using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Backups;

/// <summary>One share of a private key, as it is printed: what it belongs to, and its part of the secret.</summary>
/// <param name="Number">Its number, 1 and up.</param>
/// <param name="Threshold">How many shares restore the key.</param>
/// <param name="Count">How many shares were made.</param>
/// <param name="Set">Random, the same in all shares that were made together.</param>
/// <param name="KeyIdStart">The first bytes of the key's id.</param>
/// <param name="Value">Its part of the secret.</param>
internal sealed record KeyShare(byte Number, byte Threshold, byte Count, uint Set, ulong KeyIdStart, byte[] Value)
{
    /// <summary>Bytes of the secret at the most: RSA with 8192 bits.</summary>
    public const int MaxValueBytes = 8 * 1024;

    /// <summary>Bytes before the secret's part.</summary>
    public const int HeaderBytes = 18;

    private const byte Version = 1;
    private const int ChecksumBytes = 4;

    /// <summary>Bytes that the share has which starts with this header.</summary>
    public static int LengthOf(ReadOnlySpan<byte> header) => HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(header[16..]) + ChecksumBytes;

    /// <summary>True if both were made together.</summary>
    public bool BelongsTo(KeyShare other) =>
        (Threshold, Count, Set, KeyIdStart, Value.Length) == (other.Threshold, other.Count, other.Set, other.KeyIdStart, other.Value.Length);

    /// <summary>The first bytes of a key's id, as a number.</summary>
    public static ulong StartOf(KeyId id) => BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(id.Value[..16]));

    /// <summary>Writes the share with a checksum over all of it.</summary>
    public byte[] Write()
    {
        var bytes = new byte[HeaderBytes + Value.Length + ChecksumBytes];
        bytes[0] = Version;
        bytes[1] = Number;
        bytes[2] = Threshold;
        bytes[3] = Count;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Set);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), KeyIdStart);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(16), (ushort)Value.Length);
        Value.CopyTo(bytes, HeaderBytes);
        Checksum(bytes).CopyTo(bytes, bytes.Length - ChecksumBytes);
        return bytes;
    }

    /// <summary>Reads a share.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="number">The number that its lines have.</param>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/></exception>
    public static KeyShare Read(ReadOnlySpan<byte> bytes, int number)
    {
        if (bytes[0] != Version)
            throw new TrustException(TrustError.InvalidBackup, $"Share {number} is of the version {bytes[0]}, which is not known here.");
        if (bytes.Length != LengthOf(bytes) || !Checksum(bytes).AsSpan().SequenceEqual(bytes[^ChecksumBytes..]) || bytes[1] != number)
            throw new TrustException(TrustError.InvalidBackup, $"Share {number} does not hold together: its lines are each right, but not of one share.");
        return new KeyShare(bytes[1], bytes[2], bytes[3], BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), bytes[HeaderBytes..^ChecksumBytes].ToArray());
    }

    private static byte[] Checksum(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes[..^ChecksumBytes])[..ChecksumBytes];
}
