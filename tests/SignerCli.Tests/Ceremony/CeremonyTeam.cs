using TrustService.Cli.Tests.Support;
using TrustService.Keys;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Ceremony;

/// <summary>Holders of root keys on machines that know no server, and a release machine that does. Files go round by hand.</summary>
internal sealed class CeremonyTeam : IDisposable
{
    public static readonly string[] Names = ["alice", "bob", "carol", "dave", "erin"];

    private static int count;

    private readonly TestDirectory files = new();
    private readonly Dictionary<string, SignerMachine> holders = new(StringComparer.Ordinal);
    private readonly TimeProvider time;
    private readonly string url;

    public CeremonyTeam(TeamServer server, string format)
        : this(server.Time, server.Host.Url, format)
    {
    }

    public CeremonyTeam(TimeProvider time, string url, string format)
    {
        (this.time, this.url) = (time, url);
        Format = format;
        Repository = $"registry.example.com/ceremony{Interlocked.Increment(ref count)}/app";
        Release = NewMachine();
        Release.AddQuickKey("release", "targets");
    }

    public string Format { get; }

    public string Repository { get; }

    public SignerMachine Release { get; }

    public string this[string name] => files[name];

    /// <summary>The machine of a holder; the key is made when somebody asks for it first.</summary>
    public SignerMachine Holder(string name)
    {
        if (holders.TryGetValue(name, out var machine))
            return machine;
        machine = new SignerMachine { Time = time };
        holders.Add(name, machine);
        machine.AddQuickKey(name, "root");
        return machine;
    }

    /// <summary>What a holder hands out: a public key, or a certificate.</summary>
    public async Task<string> KeyOfAsync(string name)
    {
        var path = files[name + ".key"];
        if (!File.Exists(path))
            await Holder(name).SucceedsAsync(Format == "notary" ? ["key", "certificate", name, Repository, "--out", path] : ["key", "export", name, "--out", path]);
        return path;
    }

    /// <summary>Proposes root 1 of the five, threshold 3.</summary>
    public async Task<SignerRun> BeginAsync(string file = "root-1", params string[] options)
    {
        var arguments = new List<string> { "root", "init", Repository, "--format", Format, "--threshold", "3", "--targets-key", "release", "--out", files[file], "-o", "json" };
        foreach (var name in Names)
            arguments.AddRange(["--holder", $"{name}={await KeyOfAsync(name)}"]);
        return await Release.RunAsync([.. arguments, .. options]);
    }

    /// <summary>Holders sign a file one after the other.</summary>
    public async Task SignAsync(string file, params string[] names)
    {
        foreach (var name in names)
            await Holder(name).SucceedsAsync("root", "sign", files[file], "-y");
    }

    /// <summary>Publishes root 1, signed by three.</summary>
    public async Task PublishFirstAsync()
    {
        Assert.Equal(0, (await BeginAsync()).ExitCode);
        await SignAsync("root-1", "alice", "bob", "carol");
        await Release.SucceedsAsync("root", "publish", files["root-1"], "-y");
    }

    public Task<SignerRun> ProposeAsync(string file, params string[] options) => Release.RunAsync(["root", "propose", Repository, "--out", files[file], "-o", "json", .. options]);

    /// <summary>Proposes, has it signed and publishes it; all must succeed.</summary>
    public async Task ChangeAsync(string file, string[] names, params string[] options)
    {
        var proposed = await ProposeAsync(file, options);
        Assert.True(proposed.ExitCode == 0, proposed.Messages);
        await SignAsync(file, names);
        await Release.SucceedsAsync("root", "publish", files[file], "-y");
    }

    public async Task<SignerRun> StatusAsync() => await Release.SucceedsAsync("root", "status", Repository, "-o", "json");

    /// <summary>Somebody who pins root 1 finds an image that is signed now.</summary>
    public async Task SignAndVerifyAsync(string tag)
    {
        await Release.SucceedsAsync("sign", Layout(tag), "--as", $"{Repository}:{tag}", "-y");
        await Release.SucceedsAsync("verify", $"{Repository}:{tag}", "--no-registry");
    }

    /// <summary>An image to sign.</summary>
    public string Layout(string content) =>
        $"oci:{new ImageLayoutBuilder(files["layout-" + content]).With(builder => builder.AddImage("1.0", new Dictionary<string, string> { ["app"] = content }))}:1.0";

    /// <summary>The targets keys of the current root, and how many of them must sign.</summary>
    public async Task<(List<string> Keys, long Threshold)> TargetsAsync()
    {
        var role = (await StatusAsync()).Json.GetProperty("root").GetProperty("roles").GetProperty("targets");
        return ([.. role.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("keyid").GetString()!)], role.GetProperty("threshold").GetInt64());
    }

    public SignerMachine NewMachine()
    {
        var machine = new SignerMachine { Time = time };
        machine.Environment["SIGNER_SERVER"] = url;
        holders.Add(Path.GetRandomFileName(), machine);
        return machine;
    }

    public void Dispose()
    {
        foreach (var machine in holders.Values)
            machine.Dispose();
        files.Dispose();
    }
}
