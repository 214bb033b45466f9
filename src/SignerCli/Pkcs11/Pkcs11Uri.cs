using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.Pkcs11;

/// <summary>Names one private key in one token. Source: RFC 7512 §2.3.</summary>
internal sealed record Pkcs11Uri
{
    /// <summary>Characters of a URI at the most.</summary>
    public const int MaxLength = 2048;

    private static readonly FrozenSet<string> PathAttributes = FrozenSet.Create(StringComparer.Ordinal, "token", "manufacturer", "model", "serial", "slot-id", "object", "id", "type");
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private Pkcs11Uri()
    {
    }

    /// <summary>Label of the token, or null for any.</summary>
    public string? Token { get; private init; }

    /// <summary>Who made the token, or null for anybody.</summary>
    public string? Manufacturer { get; private init; }

    /// <summary>Model of the token, or null for any.</summary>
    public string? Model { get; private init; }

    /// <summary>Serial number of the token, or null for any.</summary>
    public string? Serial { get; private init; }

    /// <summary>Number of the slot, or null for any.</summary>
    public ulong? SlotId { get; private init; }

    /// <summary>Label of the key (CKA_LABEL), or null for any.</summary>
    public string? Object { get; private init; }

    /// <summary>Id of the key (CKA_ID), or null for any.</summary>
    public ReadOnlyMemory<byte>? Id { get; private init; }

    /// <summary>Path of the module, or null to take the one of the environment.</summary>
    public string? ModulePath { get; private init; }

    /// <summary>Path of a file with the PIN, or null.</summary>
    public string? PinFile { get; private init; }

    /// <summary>Reads a URI.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static Pkcs11Uri Parse(string text)
    {
        if (!text.StartsWith(KeyUris.Token, StringComparison.Ordinal) || text.Length > MaxLength)
            throw Refused(text.Length > MaxLength ? $"it has more than {MaxLength} characters" : $"it does not start with {KeyUris.Token}");
        var rest = text[KeyUris.Token.Length..];
        var (path, query) = rest.IndexOf('?') is var at and >= 0 ? (rest[..at], rest[(at + 1)..]) : (rest, "");
        var attributes = Read(path, ';');
        var questions = Read(query, '&');
        // It would stand in the list of processes and in the history of the shell.
        if (questions.ContainsKey("pin-value") || attributes.ContainsKey("pin-value"))
            throw Refused("it holds the PIN itself (pin-value), which others can read in the list of processes", "Take pin-value out, and give the PIN by SIGNER_PKCS11_PIN, by pin-source=file:/PATH, or when asked. If the line was run before, change the PIN.");
        if (attributes.Keys.FirstOrDefault(name => !PathAttributes.Contains(name)) is { } unknown)
            throw Refused($"'{unknown}' is not known before the '?'", $"Known are: {string.Join(", ", PathAttributes.Order(StringComparer.Ordinal))}.");
        if (questions.Keys.FirstOrDefault(name => name is not ("module-path" or "pin-source")) is { } other)
            throw Refused($"'{other}' is not known after the '?'", "Known are: module-path, pin-source.");
        if (TextOf(attributes, "type") is not (null or "private"))
            throw Refused("its type is not private; only private keys sign");
        return new Pkcs11Uri
        {
            Token = TextOf(attributes, "token"),
            Manufacturer = TextOf(attributes, "manufacturer"),
            Model = TextOf(attributes, "model"),
            Serial = TextOf(attributes, "serial"),
            SlotId = TextOf(attributes, "slot-id") is not { } slot ? null
                : ulong.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw Refused("its slot-id is no number"),
            Object = TextOf(attributes, "object"),
            Id = attributes.TryGetValue("id", out var id) ? id.AsMemory() : default(ReadOnlyMemory<byte>?),
            ModulePath = AbsolutePath(TextOf(questions, "module-path"), "module-path"),
            PinFile = PinFileOf(TextOf(questions, "pin-source")),
        };
    }

    private static Dictionary<string, byte[]> Read(string part, char separator)
    {
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var piece in part.Split(separator, StringSplitOptions.RemoveEmptyEntries))
        {
            var at = piece.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw Refused("a part of it is not NAME=VALUE");
            if (!read.TryAdd(piece[..at], Unescape(piece[(at + 1)..])))
                throw Refused($"{piece[..at]} is given twice");
        }
        return read;
    }

    private static byte[] Unescape(string value)
    {
        var bytes = new List<byte>(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is <= ' ' or > '~')
                throw Refused("it has a character that has to be written as %XX");
            if (value[i] != '%')
            {
                bytes.Add((byte)value[i]);
                continue;
            }
            if (i + 2 >= value.Length || !byte.TryParse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
                throw Refused("a '%' is not followed by two hexadecimal digits");
            bytes.Add(escaped);
            i += 2;
        }
        return [.. bytes];
    }

    private static string? TextOf(Dictionary<string, byte[]> attributes, string name)
    {
        if (!attributes.TryGetValue(name, out var bytes))
            return null;
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Refused($"the value of {name} is not UTF-8");
        }
    }

    private static string? PinFileOf(string? source)
    {
        if (source is null)
            return null;
        var path = source.StartsWith("file:", StringComparison.Ordinal) ? source["file:".Length..] : source;
        return AbsolutePath(path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path, "pin-source");
    }

    private static string? AbsolutePath(string? path, string name) =>
        path is null || Path.IsPathFullyQualified(path) ? path : throw Refused($"{name} is not an absolute path");

    private static TrustException Refused(string why, string? hint = null) => new(TrustError.Usage, $"The PKCS #11 URI cannot be used: {why}.")
    {
        Hint = hint ?? "It is like pkcs11:token=release;object=targets?module-path=/usr/lib/softhsm/libsofthsm2.so",
    };
}
