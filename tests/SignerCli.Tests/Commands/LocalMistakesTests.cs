using System.Security.Cryptography;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Exit code 11 raises an alarm: whatever a person mistyped, or has on disk, must not end with it.</summary>
public sealed class LocalMistakesTests
{
    [Theory]
    [InlineData("too large")]
    [InlineData("weak")]
    [InlineData("long passphrase")]
    public async Task KeyImport_FileThatCannotBeUsed_IsAFailure(string file)
    {
        using var machine = new SignerMachine();
        using var weak = RSA.Create(1024);
        using var good = RSA.Create(2048);
        var pem = file switch
        {
            "too large" => new string('a', 2_000_000),
            "weak" => weak.ExportPkcs8PrivateKeyPem(),
            _ => good.ExportEncryptedPkcs8PrivateKeyPem("p", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
        };
        string[] passphrase = file == "long passphrase" ? ["--passphrase-file", machine.WriteFile("passphrase", new string('p', 5000))] : [];

        var run = await machine.RunAsync(["key", "import", machine.WriteFile("key.pem", pem), .. passphrase]);

        Assert.True(run.ExitCode == (int)Outcome.Failure, run.Messages);
        Assert.StartsWith("✗ failed", run.Messages.Split('\n').First(line => line.StartsWith('✗')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owner_NamesARoleThatIsNotThere_IsAMistakeOfTheCommandLine()
    {
        await using var world = await SigningWorld.WithRepositoryAsync();
        var repository = SigningWorld.Repository;

        foreach (var arguments in (string[][])[["renew", repository, "--role", "foo"], ["renew", repository, "--role", "a\nb"], ["key", "rotate", "foo", repository, "-y"], ["key", "rotate", "a\nb", repository, "-y"], ["signer", "remove", "nobody", repository, "-y"]])
        {
            var run = await world.Owner.RunAsync(arguments);
            Assert.True(run.ExitCode == (int)Outcome.Usage, string.Join(' ', arguments) + ": " + run.Messages);
        }
    }

    [Theory]
    [InlineData(TrustError.ExpiryTooFar)]
    [InlineData(TrustError.ExpiryTooNear)]
    public void Describe_PolicyOfAServer_IsNoAlarm(TrustError error) => Assert.Equal(Outcome.Failure, TrustErrors.Describe(error).Outcome);
}
