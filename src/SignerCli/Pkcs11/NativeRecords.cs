using System.Runtime.InteropServices;

namespace TrustService.Cli.Pkcs11;

/// <summary>
/// Memory in the layout that modules read: numbers of the size of C's <c>unsigned long</c> (8 bytes, on Windows 4) and
/// pointers, one after the other. Cleared when it is given back: a PIN or a parameter may have been in it.
/// </summary>
internal sealed unsafe class NativeRecords : IDisposable
{
    private readonly nuint length;
    private byte* next;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much; at least one byte is taken.</param>
    public NativeRecords(int bytes)
    {
        length = (nuint)Math.Max(1, bytes);
        Start = (byte*)NativeMemory.AllocZeroed(length);
        next = Start;
    }

    /// <summary>Bytes of an <c>unsigned long</c>.</summary>
    public static int NumberBytes => sizeof(CULong);

    /// <summary>Bytes of a record of two numbers with a pointer between them: CK_ATTRIBUTE, CK_MECHANISM.</summary>
    public static int RecordBytes => (2 * NumberBytes) + sizeof(nint);

    /// <summary>Where it starts.</summary>
    public byte* Start { get; }

    /// <summary>The bytes of a number, as the value of an attribute.</summary>
    public static byte[] BytesOf(nuint number)
    {
        var bytes = new byte[NumberBytes];
        fixed (byte* target = bytes)
            Put(target, number);
        return bytes;
    }

    /// <summary>Reads a number.</summary>
    public static nuint NumberAt(byte* source) => NumberBytes == sizeof(uint) ? *(uint*)source : *(nuint*)source;

    /// <summary>Adds a number.</summary>
    public void Add(nuint number)
    {
        Put(next, number);
        next += NumberBytes;
    }

    /// <summary>Adds a pointer.</summary>
    public void Add(void* pointer)
    {
        *(void**)next = pointer;
        next += sizeof(nint);
    }

    /// <summary>Adds bytes and says where they are.</summary>
    public byte* Add(ReadOnlySpan<byte> bytes)
    {
        var place = next;
        bytes.CopyTo(new Span<byte>(place, bytes.Length));
        next += bytes.Length;
        return place;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Clear(Start, length);
        NativeMemory.Free(Start);
    }

    private static void Put(byte* target, nuint number)
    {
        if (NumberBytes == sizeof(uint))
            *(uint*)target = (uint)number;
        else
            *(nuint*)target = number;
    }
}
