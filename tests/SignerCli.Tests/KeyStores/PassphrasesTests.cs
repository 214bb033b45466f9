using System.Text;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.KeyStores;

public sealed class PassphrasesTests : IDisposable
{
    private readonly SignerMachine machine = new();
    private readonly StringWriter messages = new();

    public void Dispose()
    {
        machine.Dispose();
        messages.Dispose();
    }

    [Fact]
    public void ForNew_EverySource_TakesTheFirstOne()
    {
        machine.Terminal.Answer("asked", "asked");
        Assert.Equal("asked", New(KeyPurpose.Targets));
        machine.Environment["NOTARY_TARGETS_PASSPHRASE"] = "notary";
        Assert.Equal("notary", New(KeyPurpose.Targets));
        machine.Environment["DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"] = "docker";
        Assert.Equal("docker", New(KeyPurpose.Targets));
        machine.Environment["SIGNER_TARGETS_PASSPHRASE"] = "signer";
        Assert.Equal("signer", New(KeyPurpose.Targets));
        Assert.Equal("from file", New(KeyPurpose.Targets, machine.WriteFile("passphrase", "from file\n")));
    }

    [Theory]
    [InlineData("SIGNER_ROOT_PASSPHRASE", "Root")]
    [InlineData("DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE", "Root")]
    [InlineData("NOTARY_ROOT_PASSPHRASE", "Root")]
    [InlineData("SIGNER_DELEGATION_PASSPHRASE", "Delegation")]
    [InlineData("NOTARY_DELEGATION_PASSPHRASE", "Delegation")]
    public void ForNew_Variable_IsForItsPurposeOnly(string variable, string purpose)
    {
        machine.Environment[variable] = "value";

        Assert.Equal("value", New(Enum.Parse<KeyPurpose>(purpose)));
        Refusal.Of(TrustError.PassphraseNeeded, () => New(KeyPurpose.Targets));
    }

    [Fact]
    public void ForNew_EmptyVariable_IsAValueAndIsNotAsked()
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "";
        machine.Terminal.Answer("asked", "asked");

        Assert.Equal("", New(KeyPurpose.Root));
        Assert.Empty(machine.Terminal.Questions);
        Assert.Contains("is empty", messages.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Root", "SIGNER_ROOT_PASSPHRASE")]
    [InlineData("Targets", "SIGNER_TARGETS_PASSPHRASE")]
    [InlineData("Delegation", "SIGNER_DELEGATION_PASSPHRASE")]
    public void ForNew_NoTerminal_NamesVariableAndFlag(string purpose, string variable)
    {
        var refusal = Refusal.Of(TrustError.PassphraseNeeded, () => New(Enum.Parse<KeyPurpose>(purpose)));

        Assert.Contains(variable, refusal.Hint, StringComparison.Ordinal);
        Assert.Contains("--passphrase-file", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ForNew_AnswersDiffer_AsksAgainAndThenRefuses()
    {
        machine.Terminal.Answer("one", "other", "same", "same");
        Assert.Equal("same", New(KeyPurpose.Root));

        machine.Terminal.Answer("1", "2", "3", "4", "5", "6");
        Refusal.Of(TrustError.WrongPassphrase, () => New(KeyPurpose.Root));
    }

    [Fact]
    public void Open_WrongAnswers_AreAskedThreeTimes()
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        using var file = PrivateKeyFile.Parse(PrivateKeyFile.Write(key, "right"u8));
        machine.Terminal.Answer("wrong", "wrong", "right");

        using var opened = Passphrases(null).Open(file, KeyPurpose.Root, "the key", onWrong: null);

        Assert.Equal(3, machine.Terminal.Questions.Count);
        Assert.Equal(key.Material.ToArray(), opened.Material.ToArray());
        machine.Terminal.Answer("wrong", "wrong", "wrong", "right");
        Refusal.Of(TrustError.WrongPassphrase, () => Passphrases(null).Open(file, KeyPurpose.Root, "the key", onWrong: null));
        Assert.Equal(6, machine.Terminal.Questions.Count);
    }

    [Fact]
    public void Open_WrongVariable_RefusesNamingItWithoutAsking()
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        using var file = PrivateKeyFile.Parse(PrivateKeyFile.Write(key, "right"u8));
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "wrong";
        machine.Terminal.Answer("right");

        var refusal = Refusal.Of(TrustError.WrongPassphrase, () => Passphrases(null).Open(file, KeyPurpose.Root, "the key", onWrong: null));

        Assert.Contains("SIGNER_ROOT_PASSPHRASE", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(machine.Terminal.Questions);
    }

    private string New(KeyPurpose purpose, string? file = null)
    {
        using var passphrase = Passphrases(file).ForNew(purpose, "the key");
        return Encoding.UTF8.GetString(passphrase.Utf8);
    }

    private Passphrases Passphrases(string? file) =>
        new(file, null, name => machine.Environment.GetValueOrDefault(name), machine.Terminal, new CommandOutput(TextWriter.Null, messages, new OutputStyle()));
}
