namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>What <c>signer</c> can make of a repository. Delegations are those of targets: it makes none below another one.</summary>
internal static class RepositoryShapes
{
    /// <summary>The keys with which tuf-js verifies nothing: it hashes with SHA-256 whatever the curve is.</summary>
    public const string P384 = "P-384 keys";

    /// <summary>Each shape with the commands that make it.</summary>
    public static IReadOnlyDictionary<string, Func<ShapedRepository, Task>> All { get; } = new Dictionary<string, Func<ShapedRepository, Task>>(StringComparer.Ordinal)
    {
        [P384] = SignWithP384Async,
        ["Ed25519 keys, delegations by patterns, a terminating one"] = DelegateAsync,
        ["RSA keys, 2 keys of targets must sign, all are rotated"] = RotateAsync,
        ["Hash bins, renewed after they expired, then more of them"] = ExpireInBinsAsync,
        ["Made from Notary, many platforms by digest, a revoked tag"] = ConvertAsync,
    };

    private static async Task SignWithP384Async(ShapedRepository repository)
    {
        await repository.DoAsync("init", repository.Name, "--type", "p384");
        await repository.SignAsync("1.0");
    }

    private static async Task DelegateAsync(ShapedRepository repository)
    {
        string[] team = ["signer", "add", "team", "--key", "team", "--paths", "1.*", "--paths", "v?-*", repository.Name];
        await repository.DoAsync("init", repository.Name, "--type", "ed25519");
        await repository.NewKeyAsync("team", "p256");
        await repository.NewKeyAsync("night", "p256");
        await repository.DoAsync(team);
        await repository.DoAsync("signer", "add", "night", "--key", "night", repository.Name);
        await repository.SignAsync("1.0", "--role", "team");
        await repository.SignAsync("v1-rc", "--role", "team");
        await repository.SignAsync("v10-rc", "--role", "night");
        await repository.SignAsync("1.1", "--role", "night");
        await repository.DoAsync("key", "rotate", "night", repository.Name, "--type", "ed25519");
        // From now on nobody is asked for 1.* after the team.
        await repository.DoAsync([.. team, "--terminating"]);
        repository.ExpectNothing("1.1");
    }

    private static async Task RotateAsync(ShapedRepository repository)
    {
        await repository.DoAsync("init", repository.Name, "--type", "rsa");
        var second = await repository.NewKeyAsync("second", "ed25519");
        await repository.ProposeAsync("--add-targets-key", second, "--targets-threshold", "2");
        await repository.SignAsync("1.0");
        await repository.DoAsync("key", "rotate", "targets", repository.Name, "--former", second);
        await repository.DoAsync("key", "rotate", "online", repository.Name);
        await repository.DoAsync("key", "rotate", "root", repository.Name);
        await repository.SignAsync("2.0");
    }

    private static async Task ExpireInBinsAsync(ShapedRepository repository)
    {
        await repository.DoAsync("init", repository.Name, "--bins", "4");
        await repository.SignAsync("1.0");
        await repository.DoAsync("renew", repository.Name, "--role", "targets", "--expires", "5s");
        await repository.ExpireAsync("2.targets.json");
        await repository.DoAsync("renew", repository.Name);
        await repository.DoAsync("reshape", repository.Name, "--bins", "16");
        await repository.SignAsync("2.0");
        repository.ExpectNothing("3.0");
    }

    private static async Task ConvertAsync(ShapedRepository repository)
    {
        var old = $"{repository.Name}-of-notary";
        await repository.DoAsync("init", old, "--format", "notary");
        await repository.SignAsAsync(old, "1.0");
        await repository.SignAsAsync(old, "1.1");
        await repository.DoAsync("import", "notary", repository.ServerUrl, old, "--convert", "--as", repository.Name);
        await repository.SignIndexAsync("2.0", platforms: 24);
        await repository.DoAsync("revoke", $"{repository.Name}:1.1");
        repository.ExpectNothing("1.1");
    }
}
