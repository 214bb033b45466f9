using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrustService.Cli.Commands;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Fuzz.Mutators;
using TrustService.Metadata;
using TrustService.Server.Hosting;
using TrustService.Server.Options;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>Settings of the signer and of the server, and the files that signers hand on.</summary>
internal static class SettingsParsers
{
    public static IEnumerable<ParserUnderTest> Make()
    {
        yield return new ParserUnderTest("signer-settings", 5, new JsonMutator("server", "serverCa", "roots", "https://trust.example.com", "registry.example.com/team/*", "root:1:sha256:", "\0"),
            [InputText.Seed($$$"""{"server":"https://trust.example.com","serverCa":"ca.pem","roots":{"registry.example.com/team/*":"root:1:sha256:{{{new string('a', 64)}}}","docker.io/library/alpine":"roots/alpine.json"}}""")],
            input => SignerConfig.Read(input, "/home/user/.config/signer"));
        yield return new ParserUnderTest("pending-change", 3, new JsonMutator("repository", "pending", "targets", "root", "ci", "AAAA", "="),
            [Pending()], ReadPending);
        yield return new ParserUnderTest("server-settings", 1, new JsonMutator("urls", "data", "database", "tls-cert", "dev-tls", "Limits", "Signing", "Database", "Notary", "MaxParts", "MaxFileBytes", "GunPrefixes", "true"),
            [InputText.Seed("""{"urls":"http://127.0.0.1:4480;http://[::1]:4480","data":"trust-data","Limits":{"MaxParts":64,"LimitLoopback":true},"Signing":{"TimestampLifetimeDays":14}}""")], ReadServerFile);
        yield return new ParserUnderTest("server-arguments", 3, new ByteMutator("--urls", "--data", "--database", "--dev-tls", "=", "\n", "http://", "https://", "127.0.0.1:4480", "[::1]", "*", ";"),
            [InputText.Seed("--urls\nhttp://127.0.0.1:4480;https://*:4443\n--dev-tls\n--insecure-no-auth\n--insecure-http\n--data=trust-data")], ReadArguments);
    }

    private static byte[] Pending()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        repository.AddTarget(RoleName.Targets, "1.0", "content");
        repository.Publish(RoleName.Targets);
        return InputText.Seed($$$"""{"repository":"registry.example.com/team/app","pending":{"targets":"{{{Convert.ToBase64String(repository.Files["2.targets.json"])}}}"}}""");
    }

    // Handed on from person to person: whoever reads it is about to sign what it says.
    private static void ReadPending(byte[] input)
    {
        foreach (var (_, file) in PendingSet.Parse(input, "change.json").Files)
            _ = TargetsDiff.Between(null, TufFormat.Instance.Read<Targets>(file, input.Length).Signed).ToChange();
    }

    private static void ReadServerFile(byte[] input)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, input);
            using var configuration = new ConfigurationManager();
            ConfigurationSetup.AddFile(configuration, path);
            _ = ServerSettings.Read(configuration);
            using var services = new ServiceCollection().AddTrustOptions(configuration).BuildServiceProvider();
            _ = (services.GetRequiredService<IOptions<LimitOptions>>().Value, services.GetRequiredService<IOptions<SigningOptions>>().Value, services.GetRequiredService<IOptions<DatabaseOptions>>().Value);
        }
        catch (OptionsValidationException e)
        {
            // The host shows it as a refusal of the settings when it starts.
            throw new TrustException(TrustError.Usage, e.Message, e);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void ReadArguments(byte[] input)
    {
        var settings = ServerCommandLine.Parse(InputText.Of(input).Split('\n'));
        _ = ServerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }
}
