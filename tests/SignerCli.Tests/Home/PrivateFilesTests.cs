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
    public void Write_DirectoryIsNotThere_IsRefusedByName()
    {
        var path = Path.Combine(machine.Root, "nodir", "x");

        foreach (var write in (Action[])[() => PrivateFiles.WriteNew(path, "new"u8), () => PrivateFiles.Replace(path, "new"u8)])
            Assert.Equal($"{path} cannot be written: the directory {Path.Combine(machine.Root, "nodir")} does not exist.", Refusal.Of(TrustError.LocalFile, write).Message);
    }

    [Theory]
    [InlineData("key export KEY --out OUT")]
    [InlineData("key export KEY --private --out OUT")]
    [InlineData("key backup KEY --out OUT")]
    [InlineData("key certificate KEY registry.example.com/team/app --out OUT")]
    [InlineData("root init registry.example.com/team/app --threshold 1 --holder a=KEY --targets-key KEY --out OUT")]
    [InlineData("root propose registry.example.com/team/app --out OUT")]
    [InlineData("root pull registry.example.com/team/app --out OUT")]
    [InlineData("doctor registry.example.com/team/app --ics OUT")]
    [InlineData("archive notary https://127.0.0.1:1 registry.example.com/team/app --out OUT")]
    public async Task Command_OutIntoADirectoryThatIsNotThere_IsRefusedBeforeAnyWork(string command)
    {
        machine.AddQuickKey("mine");
        var path = Path.Combine(machine.Root, "nodir", "x");

        var run = await machine.RunAsync(command.Replace("KEY", "mine", StringComparison.Ordinal).Replace("OUT", path, StringComparison.Ordinal).Split(' '));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"✗ failed     {path} cannot be written: the directory {Path.Combine(machine.Root, "nodir")} does not exist.\n", run.Messages);
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
