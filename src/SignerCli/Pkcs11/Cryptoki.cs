using System.Runtime.InteropServices;
using System.Text;
using TrustService.Errors;

namespace TrustService.Cli.Pkcs11;

/// <summary>
/// A PKCS #11 module in this process: the few of its functions that finding a key and signing with it take. Not for several
/// threads. Source: PKCS #11 2.40 §5 (the list of functions, in its order).
/// </summary>
internal sealed unsafe class Cryptoki : IDisposable
{
    private const int InitializeFunction = 0;
    private const int FinalizeFunction = 1;
    private const int GetSlotListFunction = 4;
    private const int GetTokenInfoFunction = 6;
    private const int OpenSessionFunction = 12;
    private const int CloseSessionFunction = 13;
    private const int LoginFunction = 18;
    private const int GetAttributeValueFunction = 24;
    private const int FindObjectsInitFunction = 26;
    private const int FindObjectsFunction = 27;
    private const int FindObjectsFinalFunction = 28;
    private const int SignInitFunction = 42;
    private const int SignFunction = 43;

    private const nuint SerialSession = 4;
    private const int TokenInfoBytes = 256;
    private const int MaxSlots = 1024;
    private const int MaxAttributeBytes = 64 * 1024;

    private readonly byte* functions;
    private readonly bool isOurs;

    private Cryptoki(string path, byte* list)
    {
        Path = path;
        // A version of two bytes stands before the functions; only Windows packs them against it.
        functions = list + (OperatingSystem.IsWindows() ? 2 : sizeof(nint));
        // No arguments: one thread at a time calls.
        var answer = ((delegate* unmanaged[Cdecl]<void*, CULong>)Function(InitializeFunction))(null).Value;
        isOurs = answer == ReturnCode.Ok;
        if (answer != ReturnCode.AlreadyInitialized)
            Require(answer, "C_Initialize");
    }

    /// <summary>Where the module is.</summary>
    public string Path { get; }

    /// <summary>Loads a module.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public static Cryptoki Load(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library))
            throw new TrustException(TrustError.KeyUnavailable, $"The PKCS #11 module {path} {(File.Exists(path) ? "cannot be loaded: it is no library for this system, or one that it needs is missing" : "does not exist")}.") { Hint = "Its maker says where it is installed; SoftHSM's is /usr/lib/softhsm/libsofthsm2.so." };
        byte* list = null;
        if (!NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var export) || ((delegate* unmanaged[Cdecl]<byte**, CULong>)export)(&list).Value != ReturnCode.Ok || list is null)
            throw new TrustException(TrustError.KeyUnavailable, $"{path} is a library, but no PKCS #11 module.");
        // It stays loaded until the process ends: modules clean up at its end as well, and must still be there then.
        return new Cryptoki(path, list);
    }

    /// <summary>Takes a module's list of functions, wherever it is from.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    internal static Cryptoki Over(string path, nint list) => new(path, (byte*)list);

    /// <summary>Every token that is present.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public IReadOnlyList<TokenInfo> Tokens()
    {
        var call = (delegate* unmanaged[Cdecl]<byte, CULong*, CULong*, CULong>)Function(GetSlotListFunction);
        var slots = stackalloc CULong[MaxSlots];
        var count = new CULong(MaxSlots);
        Require(call(1, slots, &count).Value, "C_GetSlotList");
        var tokens = new List<TokenInfo>();
        for (var i = 0; i < AtMost(MaxSlots, count.Value); i++)
            tokens.Add(ReadToken(slots[i].Value));
        return tokens;
    }

    /// <summary>What a token says of itself now.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public TokenInfo ReadToken(nuint slot)
    {
        using var info = new NativeRecords(TokenInfoBytes);
        Require(((delegate* unmanaged[Cdecl]<CULong, byte*, CULong>)Function(GetTokenInfoFunction))(new CULong(slot), info.Start).Value, "C_GetTokenInfo");
        var texts = info.Start;
        return new TokenInfo(slot, Text(0, 32), Text(32, 32), Text(64, 16), Text(80, 16), (TokenFlags)NativeRecords.NumberAt(texts + 96));

        // Blanks fill them up.
        string Text(int offset, int length) => Encoding.UTF8.GetString(texts + offset, length).TrimEnd(' ', '\0');
    }

    /// <summary>Opens a session that changes nothing.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public nuint OpenSession(nuint slot)
    {
        CULong session;
        Require(((delegate* unmanaged[Cdecl]<CULong, CULong, void*, void*, CULong*, CULong>)Function(OpenSessionFunction))(new CULong(slot), new CULong(SerialSession), null, null, &session).Value, "C_OpenSession");
        return session.Value;
    }

    /// <summary>Closes a session; with the last one the login ends.</summary>
    public void CloseSession(nuint session) => _ = ((delegate* unmanaged[Cdecl]<CULong, CULong>)Function(CloseSessionFunction))(new CULong(session));

    /// <summary>Logs in.</summary>
    /// <param name="session">The session.</param>
    /// <param name="user">1 for the user; 2 to confirm a single use of a key.</param>
    /// <param name="pin">UTF-8; ignored if the device asks for it.</param>
    /// <param name="isTypedOnDevice">True if the device has keys of its own for it.</param>
    /// <returns>The module's answer: what a wrong PIN means is not decided here.</returns>
    public nuint Login(nuint session, nuint user, ReadOnlySpan<byte> pin, bool isTypedOnDevice)
    {
        using var copy = new NativeRecords(pin.Length);
        var place = copy.Add(pin);
        return ((delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, CULong>)Function(LoginFunction))(
            new CULong(session), new CULong(user), isTypedOnDevice ? null : place, new CULong(isTypedOnDevice ? 0 : (nuint)pin.Length)).Value;
    }

    /// <summary>Finds objects.</summary>
    /// <param name="session">The session.</param>
    /// <param name="template">What they have to have.</param>
    /// <param name="max">How many are looked for.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public nuint[] Find(nuint session, IReadOnlyList<ObjectAttribute> template, int max)
    {
        using var records = new NativeRecords(template.Count * NativeRecords.RecordBytes);
        using var values = new NativeRecords(template.Sum(attribute => attribute.Value.Length));
        foreach (var attribute in template)
        {
            records.Add(attribute.Type);
            records.Add(values.Add(attribute.Value.Span));
            records.Add((nuint)attribute.Value.Length);
        }
        Require(((delegate* unmanaged[Cdecl]<CULong, byte*, CULong, CULong>)Function(FindObjectsInitFunction))(new CULong(session), records.Start, new CULong((nuint)template.Count)).Value, "C_FindObjectsInit");
        var found = stackalloc CULong[max];
        CULong count;
        var answer = ((delegate* unmanaged[Cdecl]<CULong, CULong*, CULong, CULong*, CULong>)Function(FindObjectsFunction))(new CULong(session), found, new CULong((nuint)max), &count).Value;
        _ = ((delegate* unmanaged[Cdecl]<CULong, CULong>)Function(FindObjectsFinalFunction))(new CULong(session));
        Require(answer, "C_FindObjects");
        var objects = new nuint[AtMost(max, count.Value)];
        for (var i = 0; i < objects.Length; i++)
            objects[i] = found[i].Value;
        return objects;
    }

    /// <summary>The value of an attribute, or null if the object has none or does not show it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[]? Attribute(nuint session, nuint handle, nuint type)
    {
        var call = (delegate* unmanaged[Cdecl]<CULong, CULong, byte*, CULong, CULong>)Function(GetAttributeValueFunction);
        using var asked = new NativeRecords(NativeRecords.RecordBytes);
        asked.Add(type);
        asked.Add((void*)null);
        asked.Add(0);
        var answer = call(new CULong(session), new CULong(handle), asked.Start, new CULong(1)).Value;
        if (answer is ReturnCode.AttributeTypeInvalid or ReturnCode.AttributeSensitive)
            return null;
        Require(answer, "C_GetAttributeValue");
        var length = NativeRecords.NumberAt(asked.Start + NativeRecords.NumberBytes + sizeof(nint));
        // What is not available has the largest number as its length.
        if (length is 0 or > MaxAttributeBytes)
            return null;
        var value = new byte[(int)length];
        fixed (byte* target = value)
        {
            using var filled = new NativeRecords(NativeRecords.RecordBytes);
            filled.Add(type);
            filled.Add(target);
            filled.Add(length);
            Require(call(new CULong(session), new CULong(handle), filled.Start, new CULong(1)).Value, "C_GetAttributeValue");
            // Some modules say at first how much there may be, and then how much it is.
            length = NativeRecords.NumberAt(filled.Start + NativeRecords.NumberBytes + sizeof(nint));
        }
        return length > 0 && length <= (nuint)value.Length ? value[..(int)length] : null;
    }

    /// <summary>Says with which key and how the next signature is made.</summary>
    /// <returns>The module's answer; <see cref="ReturnCode.MechanismInvalid"/> if it does not know how.</returns>
    public nuint SignInit(nuint session, nuint mechanism, ReadOnlySpan<nuint> parameters, nuint key)
    {
        using var values = new NativeRecords(parameters.Length * NativeRecords.NumberBytes);
        foreach (var parameter in parameters)
            values.Add(parameter);
        using var record = new NativeRecords(NativeRecords.RecordBytes);
        record.Add(mechanism);
        record.Add(parameters.IsEmpty ? null : values.Start);
        record.Add((nuint)(parameters.Length * NativeRecords.NumberBytes));
        return ((delegate* unmanaged[Cdecl]<CULong, byte*, CULong, CULong>)Function(SignInitFunction))(new CULong(session), record.Start, new CULong(key)).Value;
    }

    /// <summary>Signs.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[] Sign(nuint session, ReadOnlySpan<byte> data)
    {
        Span<byte> signature = stackalloc byte[Keys.SignatureVerifier.MaxSignatureBytes];
        var length = new CULong((nuint)signature.Length);
        fixed (byte* source = data)
        fixed (byte* target = signature)
            Require(((delegate* unmanaged[Cdecl]<CULong, byte*, CULong, byte*, CULong*, CULong>)Function(SignFunction))(new CULong(session), source, new CULong((nuint)data.Length), target, &length).Value, "C_Sign");
        return signature[..AtMost(signature.Length, length.Value)].ToArray();
    }

    /// <summary>Refuses every answer but the good one.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public void Require(nuint answer, string function)
    {
        if (answer != ReturnCode.Ok)
            throw new TrustException(TrustError.KeyUnavailable, $"The PKCS #11 module {Path} answers {ReturnCode.NameOf(answer)} to {function}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOurs)
            _ = ((delegate* unmanaged[Cdecl]<void*, CULong>)Function(FinalizeFunction))(null);
    }

    // A module that counts more than there was room for is not believed.
    private static int AtMost(int room, nuint count) => (int)Math.Min((nuint)room, count);

    private void* Function(int index) => ((void**)functions)[index];
}
