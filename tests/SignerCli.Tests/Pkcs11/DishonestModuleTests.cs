using System.Runtime.InteropServices;
using TrustService.Cli.Pkcs11;

namespace TrustService.Cli.Tests.Pkcs11;

/// <summary>A module that counts more than it was given room for.</summary>
public sealed class DishonestModuleTests : IDisposable
{
    private const int Functions = 68;

    // Delegates have to stay for as long as the list has their addresses.
    private readonly List<Delegate> kept = [];
    private readonly nint list = Marshal.AllocHGlobal((Functions + 1) * nint.Size);
    private readonly Cryptoki module;
    private nuint secondLength;

    public DishonestModuleTests()
    {
        Put(0, new Initialize(_ => Ok));
        Put(1, new Initialize(_ => Ok));
        Put(24, new GetAttributeValue(GetAttribute));
        Put(26, new FindObjectsInit((_, _, _) => Ok));
        Put(27, new FindObjects(Find));
        Put(28, new FindObjectsFinal(_ => Ok));
        module = Cryptoki.Over("a module", list);
    }

    private delegate CULong Initialize(nint arguments);

    private delegate CULong GetAttributeValue(CULong session, CULong handle, nint template, CULong count);

    private delegate CULong FindObjectsInit(CULong session, nint template, CULong count);

    private delegate CULong FindObjects(CULong session, nint found, CULong max, nint count);

    private delegate CULong FindObjectsFinal(CULong session);

    private static CULong Ok => new(0);

    [Fact]
    public void Find_CountBeyondTheBuffer_IsCutToIt() => Assert.Equal([7, 7], module.Find(1, [], 2));

    [Theory]
    [InlineData(3, new byte[] { 9, 9, 9 })]
    [InlineData(8, new byte[] { 9, 9, 9, 9, 9, 9, 9, 9 })]
    [InlineData(9, null)]
    [InlineData(0, null)]
    public void Attribute_OtherLengthTheSecondTime_IsCutToItOrRefused(int length, byte[]? expected)
    {
        secondLength = (nuint)length;

        Assert.Equal(expected, module.Attribute(1, 1, 1));
    }

    public void Dispose()
    {
        module.Dispose();
        Marshal.FreeHGlobal(list);
        GC.KeepAlive(kept);
    }

    private static CULong Find(CULong session, nint found, CULong max, nint count)
    {
        for (var i = 0; i < (int)max.Value; i++)
            Marshal.WriteIntPtr(found, i * nint.Size, 7);
        Marshal.WriteIntPtr(count, 100_000);
        return Ok;
    }

    // First 8 bytes are announced, then as many as the test says.
    private CULong GetAttribute(CULong session, CULong handle, nint template, CULong count)
    {
        var target = Marshal.ReadIntPtr(template, nint.Size);
        for (var i = 0; target != 0 && i < 8; i++)
            Marshal.WriteByte(target, i, 9);
        Marshal.WriteIntPtr(template, 2 * nint.Size, target == 0 ? 8 : (nint)secondLength);
        return Ok;
    }

    private void Put(int index, Delegate function)
    {
        kept.Add(function);
        Marshal.WriteIntPtr(list, (index + 1) * nint.Size, Marshal.GetFunctionPointerForDelegate(function));
    }
}
