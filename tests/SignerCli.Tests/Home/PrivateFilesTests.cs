using System.Runtime.Versioning;
using TrustService.Cli.Home;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Home;

[UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests : IDisposable
{
    private readonly SignerMachine machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void WriteNew_FileExists_IsRefusedAndLeavesItAndNoTemporaryFile()
    {
        var path = machine.WriteFile("key.pem", "old");

        Refusal.Of(TrustError.AlreadyExists, () => PrivateFiles.WriteNew(path, "new"u8));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(machine.Root));
    }

    [Fact]
    public void Case59_Replace_LinkToElsewhere_ReplacesTheLinkNotItsTarget()
    {
        var target = machine.WriteFile("target", "untouched");
        var link = Path.Combine(machine.Root, "link");
        File.CreateSymbolicLink(link, target);

        PrivateFiles.Replace(link, "secret"u8);

        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Null(new FileInfo(link).LinkTarget);
        Assert.Equal(PrivateFiles.FileMode600, File.GetUnixFileMode(link));
    }

    [Fact]
    public void Read_TooLargeOrAbsent_IsRefused()
    {
        var path = machine.WriteFile("file", "12345");

        Assert.Equal(5, PrivateFiles.Read(path, 5).Length);
        Refusal.Of(TrustError.LocalFile, () => PrivateFiles.Read(path, 4));
        Refusal.Of(TrustError.LocalFile, () => PrivateFiles.Read(path + "x", 4));
        Refusal.Of(TrustError.LocalFile, () => PrivateFiles.Read(machine.Root, 4));
    }
}
