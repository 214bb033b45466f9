using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.Pkcs11;

/// <summary>One token with a session on it, in which its user is logged in.</summary>
internal sealed class Token : IDisposable
{
    private const nuint User = 1;
    private const nuint ContextSpecific = 2;
    private const int MaxPrompts = 3;

    private readonly Cryptoki module;
    private readonly nuint slot;
    private readonly nuint session;

    private Token(Cryptoki module, TokenInfo info)
    {
        (this.module, slot, Name) = (module, info.Slot, info.Name);
        session = module.OpenSession(info.Slot);
    }

    /// <summary>How messages name it.</summary>
    public string Name { get; }

    /// <summary>Opens a session and logs in.</summary>
    /// <param name="module">The module.</param>
    /// <param name="info">The token.</param>
    /// <param name="pinFile">The file that the URI names for the PIN, or null.</param>
    /// <param name="passphrases">Gets the PIN.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/>, <see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.PassphraseNeeded"/>.</exception>
    public static Token Open(Cryptoki module, TokenInfo info, string? pinFile, Passphrases passphrases)
    {
        var token = new Token(module, info);
        try
        {
            if (info.Flags.HasFlag(TokenFlags.LoginRequired))
                token.LogIn(info, pinFile, passphrases);
            return token;
        }
        catch
        {
            token.Dispose();
            throw;
        }
    }

    /// <summary>The objects that have all of these attributes; two are enough to know that there are several.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public nuint[] Find(params IReadOnlyList<ObjectAttribute> template) => module.Find(session, template, max: 16);

    /// <summary>The value of an attribute, or null.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[]? Attribute(nuint handle, nuint type) => module.Attribute(session, handle, type);

    /// <summary>Signs a digest.</summary>
    /// <param name="handle">The private key.</param>
    /// <param name="mechanism">How.</param>
    /// <param name="parameters">What the mechanism takes besides.</param>
    /// <param name="digest">The digest.</param>
    /// <param name="confirmation">What a key takes that wants the PIN for every signature; null for other keys.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[] Sign(nuint handle, nuint mechanism, ReadOnlySpan<nuint> parameters, ReadOnlySpan<byte> digest, Func<Passphrase>? confirmation)
    {
        module.Require(module.SignInit(session, mechanism, parameters, handle), "C_SignInit");
        if (confirmation is not null)
        {
            var info = module.ReadToken(slot);
            var isTypedOnDevice = info.Flags.HasFlag(TokenFlags.PinPad);
            using var pin = isTypedOnDevice ? null : confirmation();
            Judge(module.Login(session, ContextSpecific, pin is null ? [] : pin.Utf8, isTypedOnDevice));
        }
        return module.Sign(session, digest);
    }

    /// <inheritdoc/>
    public void Dispose() => module.CloseSession(session);

    private void LogIn(TokenInfo info, string? pinFile, Passphrases passphrases)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (info.Flags.HasFlag(TokenFlags.PinLocked))
                throw Locked();
            if (info.Flags.HasFlag(TokenFlags.PinPad))
            {
                passphrases.SayPinPad(Name);
                Judge(module.Login(session, User, [], isTypedOnDevice: true));
                return;
            }
            using var pin = passphrases.ForToken($"{Name}{Warning(info)}", pinFile, isLastTry: info.Flags.HasFlag(TokenFlags.PinFinalTry), out var wasAsked);
            var answer = module.Login(session, User, pin.Utf8, isTypedOnDevice: false);
            if (!IsWrongPin(answer) || !wasAsked || attempt == MaxPrompts)
            {
                Judge(answer);
                return;
            }
            // Asked, and so it may be asked again: every question is one try, and says how many there are.
            info = module.ReadToken(slot);
            passphrases.WarnWrong($"That PIN is not the one of {Name}.");
        }
    }

    private void Judge(nuint answer)
    {
        if (answer == ReturnCode.UserAlreadyLoggedIn)
            return;
        if (answer == ReturnCode.PinLocked)
            throw Locked();
        if (IsWrongPin(answer))
            throw new TrustException(TrustError.WrongPassphrase, $"The PIN is not the one of {Name}{Warning(module.ReadToken(slot))}. It was tried once.") { Hint = "Tokens lock after a few wrong PINs: make sure of it before the next try." };
        module.Require(answer, "C_Login");
    }

    private static bool IsWrongPin(nuint answer) => answer is ReturnCode.PinIncorrect or ReturnCode.PinInvalid or ReturnCode.PinLengthRange;

    private static string Warning(TokenInfo info) =>
        info.Flags.HasFlag(TokenFlags.PinLocked) ? " (it is locked now)"
        : info.Flags.HasFlag(TokenFlags.PinFinalTry) ? " (LAST try: another wrong PIN locks it)"
        : info.Flags.HasFlag(TokenFlags.PinCountLow) ? " (a wrong PIN was given before: few tries are left)"
        : "";

    private TrustException Locked() => new(TrustError.KeyUnavailable, $"The PIN of {Name} is locked: too many wrong ones were given. None was tried now.") { Hint = "Its security officer can set a new PIN." };
}
