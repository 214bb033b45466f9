using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>A trust server, the machine of a repository's owner, and image layouts.</summary>
internal sealed class SigningWorld : IAsyncDisposable
{
    public const string Repository = "registry.example.com/team/app";

    private SigningWorld(FixedTime time, TrustServerHost server)
    {
        Time = time;
        Server = server;
        Owner = NewMachine();
        Owner.Environment["SIGNER_ROOT_PASSPHRASE"] = "the root passphrase";
        Owner.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the targets passphrase";
    }

    public FixedTime Time { get; }

    public TrustServerHost Server { get; set; }

    public SignerMachine Owner { get; }

    public List<SignerMachine> Machines { get; } = [];

    /// <summary>A world with a server that has these settings, as JSON.</summary>
    public static async Task<SigningWorld> StartAsync(string? config = null)
    {
        var time = new FixedTime();
        return new SigningWorld(time, await TrustServerHost.StartAsync(time, config));
    }

    /// <summary>A world whose repository is initialized.</summary>
    public static async Task<SigningWorld> WithRepositoryAsync()
    {
        var world = await StartAsync();
        Assert.Equal(0, (await world.Owner.RunAsync("init", Repository)).ExitCode);
        return world;
    }

    public SignerMachine NewMachine()
    {
        var machine = new SignerMachine { Time = Time };
        machine.Environment["SIGNER_SERVER"] = Server.Url;
        Machines.Add(machine);
        return machine;
    }

    /// <summary>Writes an image layout with one image and returns its reference.</summary>
    public string Layout(string name, string content, string? platform = null) =>
        $"oci:{Builder(name).With(builder => builder.AddImage("1.0", new Dictionary<string, string> { ["app"] = content }, platform ?? "linux/amd64"))}:1.0";

    public ImageLayoutBuilder Builder(string name) => new(Path.Combine(Owner.Root, name));

    /// <summary>Signs an image of its own content under a tag.</summary>
    public async Task<SignerRun> SignAsync(string tag, string content = "content") =>
        await Owner.RunAsync("sign", Layout("layout-" + content, content), "--as", $"{Repository}:{tag}", "-y", "-o", "json");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (var machine in Machines)
            machine.Dispose();
    }
}
