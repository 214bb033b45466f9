using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>2^n hash bins with one set of keys. Source: TAP 15.</summary>
public sealed record SuccinctRoles
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The keys and threshold of every bin.</summary>
    public required RoleKeys RoleKeys { get; init; }

    /// <summary>How many leading bits of the path's SHA-256 choose the bin: 1 to 32.</summary>
    public required int BitLength { get; init; }

    /// <summary>What the bins' names begin with.</summary>
    public required string NamePrefix { get; init; }

    /// <summary>Unknown members.</summary>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;

    /// <summary>How many bins there are.</summary>
    public long Count => 1L << BitLength;

    // The number of a bin in its name is padded to the same length for all.
    private int Digits => (BitLength + 3) / 4;

    /// <summary>The bin that a target path belongs to.</summary>
    public RoleName BinOf(string targetPath)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(targetPath));
        return NameOf(BinaryPrimitives.ReadUInt32BigEndian(hash) >> (32 - BitLength));
    }

    /// <summary>True if a role is one of the bins.</summary>
    public bool IsBin(RoleName role)
    {
        var start = NamePrefix.Length + 1;
        if (role.Value.Length != start + Digits || role.Value[start - 1] != '-' || !role.Value.StartsWith(NamePrefix, StringComparison.Ordinal))
            return false;
        var digits = role.Value.AsSpan(start);
        return digits.IndexOfAnyExcept(LowerHex) < 0 && uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) < Count;
    }

    /// <summary>The name of the bin with that number.</summary>
    public RoleName NameOf(uint bin) => RoleName.ParseDelegated($"{NamePrefix}-{bin.ToString($"x{Digits}", CultureInfo.InvariantCulture)}");
}
