using TrustService.Cli.KeyStores;
using TrustService.Keys;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>A repository of an owner, and machines of people who have a key of their own and nothing else.</summary>
internal sealed class TeamWorld : IDisposable
{
    private readonly TeamServer server;
    private readonly List<SignerMachine> machines = [];

    private TeamWorld(TeamServer server, string repository)
    {
        this.server = server;
        Repository = repository;
        Owner = NewMachine();
    }

    public string Repository { get; }

    public SignerMachine Owner { get; }

    public FixedTime Time => server.Time;

    public static async Task<TeamWorld> StartAsync(TeamServer server, string repository, string format)
    {
        var team = new TeamWorld(server, repository);
        await team.InitAsync(repository, format);
        return team;
    }

    /// <summary>Begins one more repository of the owner.</summary>
    public async Task InitAsync(string repository, string format)
    {
        Owner.AddQuickKey("root-" + repository.GetHashCode(StringComparison.Ordinal), "root", repository);
        Owner.AddQuickKey("targets-" + repository.GetHashCode(StringComparison.Ordinal), "targets", repository);
        await Owner.SucceedsAsync("init", repository, "--format", format);
    }

    /// <summary>A machine with a new key; its public half is in a file that is called after it.</summary>
    public async Task<SignerMachine> NewMemberAsync(string name)
    {
        var machine = NewMachine();
        var key = machine.AddQuickKey(name);
        File.WriteAllText(PublicKey(name), KeyMaterial.ToPem(key.Public!.Scheme, key.Public.Material.Span));
        await machine.SucceedsAsync("root", "export", Repository, "--tofu");
        return machine;
    }

    public string PublicKey(string name) => Path.Combine(Owner.Root, name + ".pub");

    /// <summary>A member whose key the owner has let sign.</summary>
    public async Task<SignerMachine> NewSignerAsync(string name, params string[] options)
    {
        var machine = await NewMemberAsync(name);
        await AddAsync(name, [name], options);
        return machine;
    }

    /// <summary>Has the owner let the keys of members sign.</summary>
    public Task<SignerRun> AddAsync(string name, string[] members, params string[] options) =>
        Owner.SucceedsAsync(["signer", "add", name, .. members.SelectMany(member => (string[])["--key", PublicKey(member)]), "-y", "-o", "json", .. options, Repository]);

    /// <summary>Signs an image under a tag; its content is the tag.</summary>
    public Task<SignerRun> SignAsync(SignerMachine machine, string tag, params string[] options)
    {
        var layout = new ImageLayoutBuilder(Path.Combine(Owner.Root, "layout-" + tag)).With(builder => builder.AddImage("1.0", new Dictionary<string, string> { ["app"] = tag }));
        return machine.RunAsync(["sign", $"oci:{layout}:1.0", "--as", $"{Repository}:{tag}", "-y", "-o", "json", .. options]);
    }

    /// <summary>What somebody finds who has the root and no key.</summary>
    public async Task<SignerRun> VerifyAsync(string tag)
    {
        var machine = NewMachine();
        await machine.SucceedsAsync("root", "export", Repository, "--tofu");
        return await machine.RunAsync("verify", $"{Repository}:{tag}", "--no-registry", "-o", "json");
    }

    public SignerMachine NewMachine()
    {
        var machine = new SignerMachine { Time = server.Time };
        machine.Environment["SIGNER_SERVER"] = server.Host.Url;
        machines.Add(machine);
        return machine;
    }

    public void Dispose() => machines.ForEach(machine => machine.Dispose());
}
