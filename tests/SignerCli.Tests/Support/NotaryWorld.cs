using System.Globalization;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>The real <c>notary-server</c>, machines that use it, and images of a repository in its format. The clock is the real one, as the server's.</summary>
internal sealed class NotaryWorld : IAsyncDisposable
{
    public const string Repository = "registry.example.com/team/app";

    private readonly NotaryServerFixture server;
    private readonly List<IDisposable> people = [];

    private NotaryWorld(NotaryServerFixture server)
    {
        this.server = server;
        Owner = NewMachine();
    }

    public string Url => server.Url;

    public SignerMachine Owner { get; }

    public static async Task<NotaryWorld> StartAsync() => new(await NotaryServerFixture.StartAsync());

    /// <summary>A world whose repository was begun by <c>signer init --format notary</c>.</summary>
    public static async Task<NotaryWorld> WithRepositoryAsync()
    {
        var world = await StartAsync();
        Succeeds(await world.Owner.RunAsync("init", Repository, "--format", "notary"));
        return world;
    }

    /// <summary>A machine with passphrases for new keys and no key.</summary>
    public SignerMachine NewMachine()
    {
        var machine = new SignerMachine();
        machine.Environment["SIGNER_SERVER"] = Url;
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "the root passphrase";
        machine.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the targets passphrase";
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "the delegation passphrase";
        people.Add(machine);
        return machine;
    }

    /// <summary>A person with the <c>notary</c> client.</summary>
    public NotaryClient NewClient()
    {
        var client = new NotaryClient(Url);
        people.Add(client);
        return client;
    }

    /// <summary>A machine that pins a root which it got from the repository's owner, and has no key.</summary>
    public async Task<SignerMachine> NewVerifierAsync(string repository = Repository)
    {
        var machine = NewMachine();
        Succeeds(await machine.RunAsync("root", "export", repository, "--tofu"));
        return machine;
    }

    /// <summary>Writes an image layout with one image and returns its reference.</summary>
    public string Layout(string content) =>
        $"oci:{new ImageLayoutBuilder(Path.Combine(Owner.Root, "layout-" + content)).With(builder => builder.AddImage("1.0", new Dictionary<string, string> { ["app"] = content }))}:1.0";

    public static SignerRun Succeeds(SignerRun run)
    {
        Assert.True(run.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"exit {run.ExitCode}\n{run.Results}\n{run.Messages}"));
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        foreach (var person in people)
            person.Dispose();
    }
}
