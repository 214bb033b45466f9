using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TrustService.Server.Security;

/// <summary>What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, which one client has as a whole.</summary>
/// <param name="IsIPv6">True for IPv6.</param>
/// <param name="Bits">The address, or the upper half of it.</param>
internal readonly record struct ClientNetwork(bool IsIPv6, ulong Bits)
{
    /// <summary>The network that an address belongs to.</summary>
    public static ClientNetwork Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var effective = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        effective.TryWriteBytes(bytes, out _);
        return effective.AddressFamily == AddressFamily.InterNetworkV6
            ? new ClientNetwork(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new ClientNetwork(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
