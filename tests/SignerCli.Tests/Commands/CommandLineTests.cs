using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly SignerMachine machine = new();

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("", "A command is needed")]
    [InlineData("key", "A command is needed")]
    [InlineData("sing app:1", "Did you mean sign?")]
    [InlineData("key lst", "Did you mean list?")]
    [InlineData("export app", "Did you mean key export or root export?")]
    [InlineData("verify app:1 --version", "There is no option --version.\n  signer verify --help")]
    [InlineData("key generate -- -y --labl", "'--labl' is one argument too many")]
    [InlineData("verify app:1 --ofline", "Did you mean --offline?")]
    [InlineData("sign app:1 --dry-runn", "Did you mean --dry-run?")]
    [InlineData("sign --expect-digets sha256:00 app:1", "Did you mean --expect-digest?")]
    [InlineData("sign", "REFERENCE is missing")]
    [InlineData("init", "REPOSITORY is missing")]
    [InlineData("init one two", "one argument too many")]
    [InlineData("key generate --labl ci", "Did you mean --label?")]
    [InlineData("key generate --owner ci", "There is no option --owner")]
    [InlineData("key generate one --label two", "Two names")]
    [InlineData("docter --help", "Did you mean doctor?")]
    [InlineData("docter --all", "Did you mean doctor?")]
    [InlineData("key lst --help", "Did you mean list?")]
    [InlineData("verify app:1 -o yaml", "-o is 'yaml'; json or text is needed.")]
    [InlineData("key generate --type dsa", "--type is 'dsa'; ")]
    [InlineData("completion tcsh", "is 'tcsh'; bash, fish or zsh is needed.")]
    [InlineData("verify app:1 --root", "--root needs a value: PIN.")]
    [InlineData("root init app --holder ann=ann.pub --threshold abc", "--threshold is 'abc'; a whole number is needed.")]
    [InlineData("root init app --threshold 2", "--holder is needed: NAME=KEY.")]
    [InlineData("init app --bins x", "--bins is 'x'; a whole number is needed.")]
    [InlineData("key list --passphrase-fd abc", "--passphrase-fd is 'abc'; a whole number is needed.")]
    [InlineData("init app --bins 4 --bins 8", "--bins is given 2 times; it has one value.")]
    [InlineData("verify app:1 --timeout 3", "Units are")]
    [InlineData("verify app:1 --max-age soon --offline", "--max-age")]
    [InlineData("verify https://registry.example.com/app:1", "Write it without https://")]
    [InlineData("verify App:1", "not a repository name")]
    [InlineData("verify app:1@sha256:12", "not a digest")]
    [InlineData("verify oci:dir:1", "--as REPOSITORY:TAG")]
    [InlineData("verify app:1 --as app:1", "has no image layout")]
    [InlineData("sign app:1 app:2 --expect-digest sha256:9995", "not a digest")]
    [InlineData("sign app:1 --custom novalue", "NAME=VALUE")]
    [InlineData("sign app:1 --custom mediaType=x", "mediaType cannot be given")]
    [InlineData("sign app:1 --username me", "--password-stdin")]
    [InlineData("sign app:1 --expires 1w", "--expires")]
    [InlineData("init registry.example.com/app:1.0", "Did you mean: signer init registry.example.com/app")]
    [InlineData("revoke registry.example.com/app", "does not say which tag")]
    [InlineData("revoke registry.example.com/app:1 --all", "--all means every one")]
    [InlineData("init registry.example.com/app", "SIGNER_SERVER")]
    [InlineData("init registry.example.com/app --server trust.example.com", "Did you mean https://trust.example.com?")]
    [InlineData("init registry.example.com/app --server ftp://trust.example.com", "https://trust.example.com")]
    [InlineData("init registry.example.com/app --server http://trust.example.com", "--server-plain-http")]
    [InlineData("init registry.example.com/app --server https://me:secret@trust.example.com", "user name")]
    [InlineData("verify registry.example.com/app:1 --offline", "No root is pinned")]
    [InlineData("sign 127.0.0.1:9/app:1 -y --server https://127.0.0.1:9", "No root is pinned")]
    [InlineData("verify registry.example.com/app:1 --root root:1:sha256:12 --offline", "fingerprint")]
    public async Task Mistake_OnTheCommandLine_IsExplainedWithExitCode2(string commandLine, string expected)
    {
        var run = await machine.RunAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((int)Outcome.Usage, run.ExitCode);
        Assert.Empty(run.Results);
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("me:secret", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sing")]
    [InlineData("verify")]
    [InlineData("init registry.example.com/app")]
    [InlineData("key export nothing")]
    public async Task Refusal_AsJson_HasOutcomeExitCodeAndError(string commandLine)
    {
        var run = await machine.RunAsync([.. commandLine.Split(' '), "-o", "json"]);

        Assert.Equal(run.ExitCode, run.Json.GetProperty("exitCode").GetInt32());
        Assert.NotEmpty(run.Json.GetProperty("outcome").GetString()!);
        Assert.NotEmpty(run.Json.GetProperty("error").GetProperty("code").GetString()!);
        Assert.NotEmpty(run.Json.GetProperty("error").GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Refusal_OfImages_IsAnArrayWithOneResultEach()
    {
        var run = await machine.RunAsync("verify", "registry.example.com/a:1", "registry.example.com/b:1", "--offline", "-o", "json");

        Assert.Equal(JsonValueKind.Array, run.Json.ValueKind);
        Assert.Equal(["registry.example.com/a:1", "registry.example.com/b:1"], run.Json.EnumerateArray().Select(result => result.GetProperty("reference").GetString()));
        Assert.All(run.Json.EnumerateArray(), result => Assert.Equal("root-not-pinned", result.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("-o json version")]
    [InlineData("version -o json")]
    [InlineData("version --output=json")]
    [InlineData("--home somewhere version -o json")]
    public async Task CommonOption_BeforeOrAfterTheCommand_IsTheSame(string commandLine)
    {
        var run = await machine.RunAsync(commandLine.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.NotEmpty(run.Json.GetProperty("version").GetString()!);
    }

    [Fact]
    public async Task Version_AsAnOption_IsTheBareNumber()
    {
        var run = await machine.RunAsync("--version");

        Assert.Equal((0, "0.1.0\n"), (run.ExitCode, run.Results));
    }

    [Fact]
    public async Task Option_AfterTheReference_IsReadLikeOneBeforeIt()
    {
        var before = await machine.RunAsync("verify", "--offline", "--max-age", "1h", "registry.example.com/a:1", "-q");
        var after = await machine.RunAsync("verify", "registry.example.com/a:1", "-q", "--offline", "--max-age", "1h");

        Assert.Equal(before, after);
    }

    // A server whose certificate authority cannot be read is not talked to in any other way.
    [Fact]
    public async Task Case60_CertificateAuthorityUnreadable_NothingIsSent()
    {
        var run = await machine.RunAsync("init", "registry.example.com/app", "--server", "https://127.0.0.1:1", "--server-ca", Path.Combine(machine.Root, "absent.crt"), "-o", "json");

        Assert.Equal("local-file", run.ErrorCode);
        Assert.False(Directory.Exists(machine.Keys));
    }

    [Theory]
    [InlineData("http://trust.example.com", "insecure-transport")]
    [InlineData("http://127.0.0.1:1", "server-unreachable")]
    [InlineData("https://127.0.0.1:1", "server-unreachable")]
    public async Task Case60_PlainHttp_IsForThisMachineOnly(string server, string code)
    {
        machine.Environment["SIGNER_SERVER"] = server;

        var run = await machine.RunAsync("init", "registry.example.com/app", "-o", "json");

        Assert.Equal(code, run.ErrorCode);
        Assert.False(Directory.Exists(machine.Keys));
    }

    [Theory]
    [InlineData("../../tmp/x")]
    [InlineData("a/../b")]
    [InlineData("registry.example.com/%2e%2e/x")]
    [InlineData("..\\x")]
    [InlineData("C:\\x")]
    [InlineData("registry.example.com/app.")]
    [InlineData("registry.example.com/App")]
    [InlineData("registry.example.com//app")]
    [InlineData("registry.example.com/a\0b")]
    [InlineData("registry.example.com/app/")]
    public async Task Case27_RepositoryName_NeverReachesTheDisk(string name)
    {
        machine.Environment["SIGNER_SERVER"] = "https://127.0.0.1:1";

        foreach (var command in (string[])["init", "root export", "inspect"])
        {
            var run = await machine.RunAsync([.. command.Split(' '), name, "-o", "json"]);
            Assert.Equal((int)Outcome.Usage, run.ExitCode);
        }
        Assert.False(Directory.Exists(machine.Home));
    }

    [Theory]
    [InlineData("bash", "complete ")]
    [InlineData("zsh", "#compdef signer")]
    [InlineData("fish", "complete -c signer")]
    public async Task Completion_OfAShell_PrintsItsScript(string shell, string expected)
    {
        var run = await machine.RunAsync("completion", shell);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggest_StartOfACommand_ListsWhatFits()
    {
        var run = await machine.RunAsync("[suggest:9]", "signer ve");

        Assert.Equal(["verify", "version"], run.Results.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("ve", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
