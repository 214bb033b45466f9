using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Pkcs11;

/// <summary>The keys in tokens that a run uses. A module is loaded once, a token asked for its PIN once.</summary>
/// <param name="passphrases">Gets PINs.</param>
/// <param name="environment">Reads an environment variable.</param>
internal sealed class TokenKeys(Passphrases passphrases, Func<string, string?> environment) : IDisposable
{
    /// <summary>The variable with the path of the module, for URIs that name none.</summary>
    public const string ModuleVariable = "SIGNER_PKCS11_MODULE";

    private readonly Dictionary<string, Cryptoki> modules = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Module, nuint Slot), Token> tokens = [];

    /// <summary>Opens the one private key that a URI names.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="known">Its public half, if it is known; else the token is asked.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/>, <see cref="TrustError.KeyNotFound"/>, <see cref="TrustError.KeyUnavailable"/>, or what the PIN leads to.</exception>
    public ISigningKey Open(string text, PublicKey? known)
    {
        var uri = Pkcs11Uri.Parse(text);
        var token = Find(uri);
        var key = FindPrivateKey(token, uri);
        if (known is null)
        {
            var (scheme, material) = new TokenPublicKey(token, key).Read();
            known = FileKeyStore.Describe(scheme, material);
        }
        var wantsPinEachTime = token.Attribute(key, ObjectAttribute.AlwaysAuthenticate) is [not 0, ..];
        return new TokenKey(token, key, known, wantsPinEachTime ? () => passphrases.ForToken($"{token.Name}, which asks for it at every signature", uri.PinFile, isLastTry: false, out _) : null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var token in tokens.Values)
            token.Dispose();
        foreach (var module in modules.Values)
            module.Dispose();
        tokens.Clear();
        modules.Clear();
    }

    private Token Find(Pkcs11Uri uri)
    {
        var path = uri.ModulePath ?? environment(ModuleVariable);
        if (string.IsNullOrEmpty(path))
            throw new TrustException(TrustError.Usage, "Which PKCS #11 module to use is not known.") { Hint = $"Set {ModuleVariable} to its path, or end the URI in ?module-path=/PATH" };
        if (!modules.TryGetValue(path, out var module))
            modules.Add(path, module = Cryptoki.Load(path));
        var present = module.Tokens();
        var fitting = present.Where(info => info.Fits(uri)).ToList();
        if (fitting.Count != 1)
            throw fitting.Count == 0 ? NoToken(path, present) : new TrustException(TrustError.Usage, $"{fitting.Count} tokens fit the URI: {Names(fitting)}.") { Hint = "Name it: pkcs11:token=LABEL or serial=NUMBER" };
        if (!tokens.TryGetValue((path, fitting[0].Slot), out var token))
            tokens.Add((path, fitting[0].Slot), token = Token.Open(module, fitting[0], uri.PinFile, passphrases));
        return token;
    }

    private static nuint FindPrivateKey(Token token, Pkcs11Uri uri)
    {
        var template = new List<ObjectAttribute> { new(ObjectAttribute.Class, NativeRecords.BytesOf(ObjectAttribute.PrivateKeyClass)) };
        if (uri.Object is { } label)
            template.Add(new ObjectAttribute(ObjectAttribute.Label, System.Text.Encoding.UTF8.GetBytes(label)));
        if (uri.Id is { } id)
            template.Add(new ObjectAttribute(ObjectAttribute.Id, id));
        var found = token.Find(template);
        return found.Length switch
        {
            1 => found[0],
            0 => throw new TrustException(TrustError.KeyNotFound, $"{Capital(token.Name)} has no private key with that object or id.") { Hint = "pkcs11-tool --module MODULE --login --list-objects shows what is on it." },
            _ => throw new TrustException(TrustError.Usage, $"{Capital(token.Name)} has {found.Length} private keys that fit the URI.") { Hint = "Name one: pkcs11:…;object=LABEL or id=%01" },
        };
    }

    private static TrustException NoToken(string path, IReadOnlyList<TokenInfo> present)
    {
        var usable = present.Where(info => info.Flags.HasFlag(TokenFlags.Initialized)).ToList();
        return new TrustException(TrustError.KeyUnavailable, $"No token fits the URI; {path} has {(usable.Count == 0 ? "none" : Names(usable))}.") { Hint = "Is it plugged in?" };
    }

    private static string Names(IEnumerable<TokenInfo> tokens) => string.Join(", ", tokens.Take(8).Select(info => $"token={info.Label} serial={info.Serial}"));

    private static string Capital(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
