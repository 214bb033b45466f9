namespace TrustService.Keys.Sharing;

/// <summary>One part of a shared secret.</summary>
/// <param name="Number">Its number, 1 to 255.</param>
/// <param name="Value">As many bytes as the secret has. Whoever holds them clears them.</param>
public sealed record SecretShare(byte Number, byte[] Value);
