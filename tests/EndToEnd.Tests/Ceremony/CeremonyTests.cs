using System.Security.Cryptography;
using TrustService.Ceremony;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Keys;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Ceremony;

/// <summary>A ceremony from its beginning to a lost key and new online keys. Every holder signs on a machine without a network.</summary>
public sealed class CeremonyTests : IAsyncLifetime, IDisposable
{
    private const string Repository = "registry.example.com/ceremony/app";

    private static readonly string[] FirstHolders = ["alice", "bob", "carol", "dave", "erin"];

    private readonly TestDirectory table = new();
    private readonly Dictionary<string, SignerTool> homes = new(StringComparer.Ordinal);
    private ServerProcess server = null!;
    private SignerTool release = null!;

    public async Task InitializeAsync()
    {
        server = await ServerProcess.StartAsync(plainHttp: true);
        release = new SignerTool(server.Url);
        release.Environment["SIGNER_TARGETS_PASSPHRASE"] = "";
        await release.DoAsync("key", "generate", "release", "--role", "targets");
        foreach (var name in FirstHolders.Concat(["frank", "grace", "heidi"]))
            NewHolder(name);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var home in homes.Values)
            home.Dispose();
        release?.Dispose();
        server?.Dispose();
        table.Dispose();
    }

    [Fact]
    public async Task Ceremony_FiveHomesWithoutNetwork_EveryRootIsAcceptedFromRoot1()
    {
        // Nothing can be reached where the holders sign: not even this machine's own server.
        (await homes["erin"].RunWithoutNetworkAsync("root", "export", Repository, "--tofu")).Refuses(14, "cannot be reached");

        await release.DoAsync(["root", "init", Repository, "--threshold", "3", .. FirstHolders.SelectMany(name => (string[])["--holder", $"{name}={Public(name)}"]), "--targets-key", "release", "--out", table["root-1"]]);
        await SignAsync("root-1", "alice", "bob");
        (await release.RunAsync("root", "publish", table["root-1"], "-y")).Refuses(11, "Signatures are missing: 1 of carol");
        await SignAsync("root-1", "carol");
        await PublishAsync("root-1");
        // Each time from root 1, so that they check every root; those between are roots that they come through.
        using var peers = new CeremonyPeers(server, Repository, await release.ExportRootAsync(Repository));
        peers.Expect("1.0", await SignImageAsync("1.0"));
        await peers.AcceptAsync(1);

        await ProposeAsync("root-2", "--replace-holder", $"dave=frank={Public("frank")}", "--replace-holder", $"erin=grace={Public("grace")}");
        // The new ones alone cannot take over.
        await SignAsync("root-2", "frank", "grace", "alice");
        (await release.RunAsync("root", "publish", table["root-2"], "-y")).Refuses(11, "by root 1");
        await SignAsync("root-2", "bob", "carol");
        await PublishAsync("root-2");

        await ProposeAsync("root-3", "--add-holder", $"heidi={Public("heidi")}", "--threshold", "4");
        await SignAsync("root-3", "alice", "bob", "frank", "heidi");
        await PublishAsync("root-3");
        await peers.AcceptAsync(3);

        (await release.RunAsync("root", "propose", Repository, "--lost", "alice", "--lost", "bob", "--lost", "carol", "--out", table["root-4"])).Refuses(11, "only 3 of its keys are left");
        await ProposeAsync("root-4", "--lost", "alice", "--lost", "bob", "--threshold", "3");
        await SignAsync("root-4", "carol", "frank", "grace", "heidi");
        await PublishAsync("root-4");

        await ProposeAsync("root-5", "--rotate-online", "all");
        (await SignAloneAsync("root-5", "alice")).Refuses(1, "may not sign");
        await SignAsync("root-5", "carol", "frank", "heidi");
        await PublishAsync("root-5");
        peers.Expect("2.0", await SignImageAsync("2.0"));
        await peers.AcceptAsync(5);
    }

    private void NewHolder(string name)
    {
        var home = new SignerTool("http://127.0.0.1:1");
        homes.Add(name, home);
        using var key = SigningKeys.Generate(SigningKeys.DefaultScheme);
        File.WriteAllText(home["root.pem"], PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()));
        table.Write(name + ".pub", KeyMaterial.ToPem(key.Scheme, key.Material.Span));
    }

    private string Public(string name) => table[name + ".pub"];

    private Task<SignerResult> ProposeAsync(string file, params string[] options) => release.DoAsync(["root", "propose", Repository, .. options, "--out", table[file]]);

    private async Task PublishAsync(string file) => await release.DoAsync("root", "publish", table[file], "-y");

    // They sign apart, each their own copy, and nobody waits for the others.
    private async Task SignAsync(string file, params string[] names)
    {
        var copies = await Task.WhenAll(names.Select(async name =>
        {
            var copy = table[$"{file}.{name}"];
            File.Copy(table[file], copy);
            (await homes[name].RunWithoutNetworkAsync("root", "sign", copy, "--key", homes[name]["root.pem"], "-y")).Exits(0);
            return copy;
        }));
        var together = copies.Prepend(table[file]).Select(copy => ProposalFile.Read(File.ReadAllBytes(copy))).Aggregate((one, other) => one.Merge(other));
        await File.WriteAllBytesAsync(table[file], ProposalFile.Write(together));
    }

    private Task<SignerResult> SignAloneAsync(string file, string name) =>
        homes[name].RunWithoutNetworkAsync("root", "sign", table[file], "--key", homes[name]["root.pem"], "--out", table["refused"], "-y");

    private async Task<byte[]> SignImageAsync(string tag)
    {
        var layout = new ImageLayoutBuilder(table["layout-" + tag]);
        var image = layout.AddImage("1.0", new Dictionary<string, string> { ["app"] = tag });
        await release.DoAsync("sign", $"oci:{layout.DirectoryPath}:1.0", "--as", $"{Repository}:{tag}", "-y");
        return await File.ReadAllBytesAsync(layout.BlobPath(image.Digest));
    }
}
