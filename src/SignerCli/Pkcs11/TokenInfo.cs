namespace TrustService.Cli.Pkcs11;

/// <summary>What a token says of itself. Source: PKCS #11 2.40, CK_TOKEN_INFO.</summary>
/// <param name="Slot">The slot that it is in.</param>
/// <param name="Label">Its label.</param>
/// <param name="Manufacturer">Who made it.</param>
/// <param name="Model">Its model.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="Flags">What holds for it now.</param>
internal sealed record TokenInfo(nuint Slot, string Label, string Manufacturer, string Model, string Serial, TokenFlags Flags)
{
    /// <summary>How messages name it.</summary>
    public string Name => Label.Length > 0 ? $"the token \"{Label}\"" : $"the token {Serial}";

    /// <summary>True if it is one that a URI means.</summary>
    public bool Fits(Pkcs11Uri uri) =>
        Flags.HasFlag(TokenFlags.Initialized)
        && (uri.Token ?? Label) == Label
        && (uri.Manufacturer ?? Manufacturer) == Manufacturer
        && (uri.Model ?? Model) == Model
        && (uri.Serial ?? Serial) == Serial
        && (uri.SlotId ?? Slot) == Slot;
}
