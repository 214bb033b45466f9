using TrustService.Errors;
using TrustService.Server.Hosting;
using TrustService.Testing;

namespace TrustService.Server.Tests.Hosting;

public sealed class OperatorCommandLineTests
{
    [Fact]
    public void TryParse_Command_TakesItsOwnOptionsAndLeavesTheServers()
    {
        var command = OperatorCommandLine.TryParse(["restore", "bump", "--data", "/d", "--by=7", "--repository", "registry.example.com/team/app"])!;

        Assert.Equal(OperatorCommandLine.RestoreBump, command.Verb);
        Assert.Equal(["--data", "/d"], command.Settings);
        Assert.Equal(7, command.By);
        Assert.Equal("registry.example.com/team/app", command.Repository!.Value);
        Assert.Null(command.Key);
    }

    [Theory]
    [InlineData]
    [InlineData("--data", "/d")]
    public void TryParse_ArgumentsOfTheServer_AreNoCommand(params string[] args) => Assert.Null(OperatorCommandLine.TryParse(args));

    [Theory]
    [InlineData("keys")]
    [InlineData("keys", "delete")]
    [InlineData("keys", "activate-standby")]
    [InlineData("keys", "activate-standby", "--key")]
    [InlineData("restore", "bump", "--by", "0")]
    [InlineData("restore", "bump", "--by", "-1")]
    [InlineData("restore", "bump", "--by", "5000000000")]
    public void TryParse_AnythingElse_IsAUsageError(params string[] args) => Refusal.Of(TrustError.Usage, () => OperatorCommandLine.TryParse(args));

    // A mistyped directory must not look like a server without keys.
    [Theory]
    [InlineData("keys", "list")]
    [InlineData("restore", "bump")]
    public async Task Run_DirectoryWithoutADatabase_IsRefusedAndNothingIsMade(params string[] command)
    {
        using var directory = new TestDirectory();
        var mistyped = directory["nope"];
        Directory.CreateDirectory(directory["empty"]);

        Assert.Equal(1, await TrustServerApp.RunAsync([.. command, "--data", mistyped]));
        Assert.Equal(1, await TrustServerApp.RunAsync([.. command, "--data", directory["empty"]]));

        Assert.False(Directory.Exists(mistyped));
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory["empty"]));
    }

    [Fact]
    public async Task Run_OptionOfAnotherCommand_IsAUsageError() =>
        Assert.Equal(2, await TrustServerApp.RunAsync(["keys", "list", "--by", "3"]));

    [Fact]
    public async Task Run_KeyThatOthersCanRead_IsRefused()
    {
        using var directory = new TestDirectory();
        var key = directory.Write("standby.key", "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Equal(1, await TrustServerApp.RunAsync(["keys", "activate-standby", "--key", key, "--data", directory["data"]]));
    }
}
