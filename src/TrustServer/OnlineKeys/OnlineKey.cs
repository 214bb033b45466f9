using TrustService.Metadata;

namespace TrustService.Server.OnlineKeys;

/// <summary>The public half of a key that the server holds.</summary>
internal sealed record OnlineKey
{
    /// <summary>SHA-256 of <see cref="Material"/> in lower-case hex, as <see cref="PublicKey.Fingerprint"/>.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>How it signs.</summary>
    public required SignatureScheme Scheme { get; init; }

    /// <summary>The public key, encoded as <see cref="PublicKey.Material"/>.</summary>
    public required ReadOnlyMemory<byte> Material { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stands in its life.</summary>
    public required OnlineKeyState State { get; init; }

    /// <summary>Equality by key and state.</summary>
    public bool Equals(OnlineKey? other) => other is not null && Fingerprint == other.Fingerprint && State == other.State;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Fingerprint, State);
}
