namespace TrustService.Cli.Pkcs11;

/// <summary>The flags of a token that matter here. Source: PKCS #11 2.40, CK_TOKEN_INFO.</summary>
[Flags]
internal enum TokenFlags : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>CKF_LOGIN_REQUIRED: private keys are used after a login only.</summary>
    LoginRequired = 0x4,

    /// <summary>CKF_PROTECTED_AUTHENTICATION_PATH: the PIN is typed on the device.</summary>
    PinPad = 0x100,

    /// <summary>CKF_TOKEN_INITIALIZED: something can be on it.</summary>
    Initialized = 0x400,

    /// <summary>CKF_USER_PIN_COUNT_LOW: a wrong PIN was given since the last right one.</summary>
    PinCountLow = 0x10000,

    /// <summary>CKF_USER_PIN_FINAL_TRY: another wrong PIN locks the token.</summary>
    PinFinalTry = 0x20000,

    /// <summary>CKF_USER_PIN_LOCKED: no PIN is taken any more.</summary>
    PinLocked = 0x40000,
}
