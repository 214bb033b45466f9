using System.Text.Json;
using TrustService.Cli.Commands;
using TrustService.Editing;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
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

    /// <summary>Puts a second key beside the targets key, both of which have to sign from now on.</summary>
    public async Task RequireTwoOwnersAsync(SignerMachine other, string label)
    {
        var format = TufFormat.Instance;
        using var http = new HttpClient { BaseAddress = new Uri($"{server.Host.Url}/tuf/{Repository}/metadata/") };
        var root = format.Read<Root>(await http.GetByteArrayAsync("root.json"), int.MaxValue).Signed;
        var version = await TargetsVersionAsync();
        var targets = format.Read<Targets>(await http.GetByteArrayAsync($"{version}.targets.json"), int.MaxValue).Signed;
        using var rootKey = Owner.OpenQuickKey(entry => entry.Roles.Contains("root"));
        using var targetsKey = Owner.OpenQuickKey(entry => entry.Roles.Contains("targets"));
        using var otherKey = other.OpenQuickKey(entry => entry.Label == label);
        var second = format.DescribeKey(otherKey.Scheme, otherKey.Material);
        var next = RootEditor.Next(root, new RootChange(root.Expires).Add(RoleName.Targets, second, label).WithThreshold(RoleName.Targets, 2));
        using var content = new MultipartFormDataContent
        {
            { new ByteArrayContent(MetadataSigner.Sign(format, next, next.Keys.Values, [rootKey]).File.ToArray()), "files", "root" },
            { new ByteArrayContent(MetadataSigner.Sign(format, targets with { Version = version + 1 }, next.Keys.Values, [targetsKey, otherKey]).File.ToArray()), "files", "targets" },
        };
        using var answer = await http.PostAsync(new Uri($"{server.Host.Url}/tuf/{Repository}/metadata"), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The next targets as a dishonest owner makes and signs them, in a file for the others to sign.</summary>
    public async Task<string> CraftAsync(Func<Targets, Targets> change)
    {
        var format = TufFormat.Instance;
        using var http = new HttpClient { BaseAddress = new Uri($"{server.Host.Url}/tuf/{Repository}/metadata/") };
        var version = await TargetsVersionAsync();
        var current = format.Read<Targets>(await http.GetByteArrayAsync($"{version}.targets.json"), int.MaxValue).Signed;
        using var key = Owner.OpenQuickKey(entry => entry.Roles.Contains("targets"));
        var file = MetadataSigner.Sign(format, change(current with { Version = version + 1 }), [format.DescribeKey(key.Scheme, key.Material)], [key]).File;
        var path = Path.Combine(Owner.Root, $"crafted-{Path.GetRandomFileName()}.json");
        PendingSet.Of(RepositoryName.Parse(Repository), [(RoleName.Targets, file)]).Save(path);
        return path;
    }

    /// <summary>The version of targets that is published.</summary>
    public async Task<long> TargetsVersionAsync()
    {
        using var http = new HttpClient();
        var detail = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri($"{server.Host.Url}/api/v1/repositories/{Repository}"))).RootElement;
        return detail.GetProperty("roles").GetProperty("targets").GetProperty("version").GetInt64();
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

    /// <summary>Makes two members, both of whom have to sign for the signer <c>release</c>.</summary>
    public async Task<(SignerMachine Ann, SignerMachine Bob)> NewReleaseTeamAsync()
    {
        var (ann, bob) = (await NewMemberAsync("ann"), await NewMemberAsync("bob"));
        await AddAsync("release", ["ann", "bob"], "--threshold", "2");
        return (ann, bob);
    }

    /// <summary>Makes a second owner: each has one of two targets keys, both of which have to sign.</summary>
    public async Task<SignerMachine> NewOtherOwnerAsync()
    {
        var other = await NewMemberAsync("other");
        await RequireTwoOwnersAsync(other, "other");
        return other;
    }

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

    /// <summary>Lets time pass, with the server at work.</summary>
    public async Task LetPassAsync(TimeSpan time)
    {
        server.Time.Now += time;
        await server.Host.RenewAsync();
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
