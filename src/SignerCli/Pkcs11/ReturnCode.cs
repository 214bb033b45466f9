using System.Globalization;

namespace TrustService.Cli.Pkcs11;

/// <summary>What a function of a module answers. Source: PKCS #11 2.40 §11.1.</summary>
internal static class ReturnCode
{
    public const nuint Ok = 0;
    public const nuint AttributeSensitive = 0x11;
    public const nuint AttributeTypeInvalid = 0x12;
    public const nuint MechanismInvalid = 0x70;
    public const nuint PinIncorrect = 0xA0;
    public const nuint PinInvalid = 0xA1;
    public const nuint PinLengthRange = 0xA2;
    public const nuint PinLocked = 0xA4;
    public const nuint UserAlreadyLoggedIn = 0x100;
    public const nuint AlreadyInitialized = 0x191;

    /// <summary>The name of a code in the standard, or its number.</summary>
    public static string NameOf(nuint code) => code switch
    {
        0x02 => "CKR_HOST_MEMORY",
        0x03 => "CKR_SLOT_ID_INVALID",
        0x05 => "CKR_GENERAL_ERROR",
        0x06 => "CKR_FUNCTION_FAILED",
        0x07 => "CKR_ARGUMENTS_BAD",
        AttributeSensitive => "CKR_ATTRIBUTE_SENSITIVE",
        AttributeTypeInvalid => "CKR_ATTRIBUTE_TYPE_INVALID",
        0x20 => "CKR_DATA_INVALID",
        0x21 => "CKR_DATA_LEN_RANGE",
        0x30 => "CKR_DEVICE_ERROR",
        0x31 => "CKR_DEVICE_MEMORY",
        0x32 => "CKR_DEVICE_REMOVED",
        0x50 => "CKR_FUNCTION_CANCELED",
        0x54 => "CKR_FUNCTION_NOT_SUPPORTED",
        0x60 => "CKR_KEY_HANDLE_INVALID",
        0x63 => "CKR_KEY_TYPE_INCONSISTENT",
        0x68 => "CKR_KEY_FUNCTION_NOT_PERMITTED",
        MechanismInvalid => "CKR_MECHANISM_INVALID",
        0x71 => "CKR_MECHANISM_PARAM_INVALID",
        PinIncorrect => "CKR_PIN_INCORRECT",
        PinInvalid => "CKR_PIN_INVALID",
        PinLengthRange => "CKR_PIN_LEN_RANGE",
        0xA3 => "CKR_PIN_EXPIRED",
        PinLocked => "CKR_PIN_LOCKED",
        0xB3 => "CKR_SESSION_HANDLE_INVALID",
        0xE0 => "CKR_TOKEN_NOT_PRESENT",
        0xE1 => "CKR_TOKEN_NOT_RECOGNIZED",
        UserAlreadyLoggedIn => "CKR_USER_ALREADY_LOGGED_IN",
        0x101 => "CKR_USER_NOT_LOGGED_IN",
        0x102 => "CKR_USER_PIN_NOT_INITIALIZED",
        0x104 => "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
        0x190 => "CKR_CRYPTOKI_NOT_INITIALIZED",
        AlreadyInitialized => "CKR_CRYPTOKI_ALREADY_INITIALIZED",
        _ => $"0x{((ulong)code).ToString("X", CultureInfo.InvariantCulture)}",
    };
}
