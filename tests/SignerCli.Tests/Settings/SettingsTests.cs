using TrustService.Cli.Settings;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private readonly SignerMachine machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Load_EveryMember_IsReadRelativeToTheFile()
    {
        var config = SignerConfig.Load(machine.WriteFile("config.json", """
            { "server": "https://trust.example.com", "serverCa": "ca.pem", "roots": { "registry.example.com/team/*": "roots/team.json", "registry.example.com/*": "root:2:sha256:00" } }
            """));

        Assert.Equal("https://trust.example.com", config.Server);
        Assert.Equal(Path.Combine(machine.Root, "ca.pem"), config.ServerCa);
        Assert.Equal([Path.Combine(machine.Root, "roots/team.json"), "root:2:sha256:00"], config.Roots.Select(entry => entry.Root));
    }

    [Theory]
    [InlineData("""{ "sever": "https://trust.example.com" }""", "sever")]
    [InlineData("""{ "server": 1 }""", "server")]
    [InlineData("""{ "server": "a", "server": "b" }""", "config.json")]
    [InlineData("""{ "roots": { "*": "root.json" } }""", "\"*\"")]
    [InlineData("""{ "roots": { "registry.example.com/te*": "root.json" } }""", "te*")]
    [InlineData("""{ "roots": { "alpine": "root.json" } }""", "alpine")]
    [InlineData("""{ "serverCa": "ca\u0000.pem" }""", "NUL")]
    [InlineData("""{ "roots": { "registry.example.com/*": "root\u0000.json" } }""", "NUL")]
    [InlineData("""[]""", "config.json")]
    [InlineData("""{""", "config.json")]
    public async Task Load_Mistake_IsUsageNamingIt(string content, string named)
    {
        var path = machine.WriteFile("home/config.json", content);

        var refusal = Refusal.Of(TrustError.Usage, () => SignerConfig.Load(path));
        var run = await machine.RunAsync("init", "registry.example.com/app", "-o", "json");

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal((int)Outcome.Usage, run.ExitCode);
    }

    [Theory]
    [InlineData("registry.example.com/team/*", "registry.example.com/team/app", true)]
    [InlineData("registry.example.com/team/*", "registry.example.com/team/a/b", true)]
    [InlineData("registry.example.com/team/*", "registry.example.com/team", false)]
    [InlineData("registry.example.com/team/*", "registry.example.com/teams/app", false)]
    [InlineData("registry.example.com/*", "registry.example.com.evil.com/app", false)]
    [InlineData("registry.example.com/*", "registry.example.com/app", true)]
    [InlineData("docker.io/library/alpine", "alpine", true)]
    [InlineData("docker.io/library/alpine", "docker.io/library/alpine-x", false)]
    public void Pattern_Star_StandsForWholePartsOnly(string pattern, string repository, bool expected) =>
        Assert.Equal(expected, RepositoryPattern.Parse(pattern).Matches(RepositoryName.Parse(repository)));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("3m", 180)]
    [InlineData("24h", 86_400)]
    [InlineData("365d", 31_536_000)]
    [InlineData("1y", 31_536_000)]
    public void Durations_WithAUnit_AreRead(string text, long seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse(text, "--x"));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1h\n")]
    [InlineData("9999999d")]
    public void Durations_AnythingElse_IsRefused(string text) => Refusal.Of(TrustError.Usage, () => Durations.Parse(text, "--x"));

    [Theory]
    [InlineData("101y")]
    [InlineData("99999y")]
    [InlineData("99999999999y")]
    public void Durations_TooLong_AreRefusedNamingTheLongest(string text) =>
        Assert.Contains("at most 36500d", Refusal.Of(TrustError.Usage, () => Durations.Parse(text, "--x")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Timeout_LongerThanATimerRuns_IsUsage()
    {
        var run = await machine.RunAsync("verify", "registry.example.com/app:1", "--timeout", "60d");

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Contains("--timeout is \"60d\"; at most 30d are allowed.", run.Messages, StringComparison.Ordinal);
    }
}
