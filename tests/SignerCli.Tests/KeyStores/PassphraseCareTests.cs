using System.Globalization;
using System.IO.Pipes;
using System.Text;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.KeyStores;

/// <summary>How passphrases come in, and what becomes of wrong ones.</summary>
public sealed class PassphraseCareTests : IDisposable
{
    private readonly SignerMachine machine = new() { Time = new FixedTime() };

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("from a pipe\n")]
    [InlineData("from a pipe\r\nand what follows\n")]
    [InlineData("")]
    public async Task Descriptor_FirstLine_OpensEveryKeyOfTheRun(string text)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.Write(Encoding.UTF8.GetBytes(text));
        var descriptor = NumberOf(pipe);
        if (text.Length == 0)
            pipe.Dispose();

        Assert.Equal(0, (await machine.RunAsync("key", "generate", "ci", "--passphrase-fd", descriptor)).ExitCode);

        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = text.Split('\r', '\n')[0];
        Assert.Equal(0, (await OpenAsync("copy")).ExitCode);
    }

    [Theory]
    [InlineData("9999")]
    [InlineData("-1")]
    public async Task Descriptor_NotOpen_IsRefused(string number) =>
        Assert.Equal("local-file", (await machine.RunAsync("key", "generate", "--passphrase-fd", number, "-o", "json")).ErrorCode);

    [Fact]
    public async Task Descriptor_TogetherWithAFile_IsRefused() =>
        Assert.Equal("usage", (await machine.RunAsync("key", "generate", "--passphrase-fd", "0", "--passphrase-file", machine.WriteFile("p", "p"), "-o", "json")).ErrorCode);

    [Fact]
    public async Task Case59_WrongPassphrases_AreCountedFromRunToRunAndToldToTheOwner()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "right";
        Assert.Equal(0, (await machine.RunAsync("key", "generate", "ci")).ExitCode);
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "guess";
        Assert.Equal("wrong-passphrase", (await OpenAsync("a")).ErrorCode);
        Assert.Equal("wrong-passphrase", (await OpenAsync("b")).ErrorCode);
        machine.Environment.Remove("SIGNER_DELEGATION_PASSPHRASE");
        machine.Terminal.Answer("another guess", "right");

        var opened = await OpenAsync("c");
        machine.Terminal.Answer("right");
        var again = await OpenAsync("d");

        Assert.Equal(0, opened.ExitCode);
        Assert.Contains("3 wrong passphrases were given", opened.Messages, StringComparison.Ordinal);
        Assert.Contains("since 2030-03-01", opened.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", again.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void ForToken_LastTryBeforeTheLock_TakesThePinOfAPersonOnly()
    {
        machine.Environment["SIGNER_PKCS11_PIN"] = "stale pin";
        var passphrases = new Passphrases(null, null, name => machine.Environment.GetValueOrDefault(name), machine.Terminal, new CommandOutput(TextWriter.Null, TextWriter.Null, new OutputStyle()));

        Refusal.Of(TrustError.PassphraseNeeded, () => passphrases.ForToken("the token", null, isLastTry: true, out _));
        machine.Terminal.Answer("typed pin");
        using var pin = passphrases.ForToken("the token", null, isLastTry: true, out var wasAsked);

        Assert.True(wasAsked);
        Assert.Equal("typed pin", Encoding.UTF8.GetString(pin.Utf8));
    }

    private static string NumberOf(AnonymousPipeServerStream pipe) => pipe.ClientSafePipeHandle.DangerousGetHandle().ToInt32().ToString(CultureInfo.InvariantCulture);

    // The cheapest command that opens the key.
    private Task<SignerRun> OpenAsync(string name) => machine.RunAsync("key", "backup", "ci", "--shares", "2", "--out-dir", Path.Combine(machine.Root, name), "-o", "json");
}
