namespace TrustService.Cli.Pkcs11;

/// <summary>An attribute of an object in a token, and its value.</summary>
/// <param name="Type">One of the constants.</param>
/// <param name="Value">The value as the module has it.</param>
internal readonly record struct ObjectAttribute(nuint Type, ReadOnlyMemory<byte> Value)
{
    public const nuint Class = 0x0;
    public const nuint Label = 0x3;
    public const nuint CertificateValue = 0x11;
    public const nuint KeyType = 0x100;
    public const nuint Id = 0x102;
    public const nuint Modulus = 0x120;
    public const nuint PublicExponent = 0x122;
    public const nuint EcParameters = 0x180;
    public const nuint EcPoint = 0x181;
    public const nuint AlwaysAuthenticate = 0x202;

    public const nuint CertificateClass = 1;
    public const nuint PublicKeyClass = 2;
    public const nuint PrivateKeyClass = 3;

    public const nuint RsaKey = 0;
    public const nuint EcKey = 3;
}
