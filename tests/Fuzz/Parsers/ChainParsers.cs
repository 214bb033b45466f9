using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Formats.Tuf;
using TrustService.Fuzz.Mutators;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>
/// What lies behind the signatures: the damage is done first and then signed with the right keys, as an owner or server gone
/// bad could do it, so that clients and the server's checks see it whole.
/// </summary>
internal static class ChainParsers
{
    private const string Path = "team/app";

    private static readonly DateTimeOffset Now = FixedTime.Start;
    private static readonly PublishRules Rules = new() { TimestampLifetime = TimeSpan.FromDays(14), SnapshotLifetime = TimeSpan.FromDays(90) };

    public static IEnumerable<ParserUnderTest> Make()
    {
        var repository = new RepositorySimulator(Now, listsHashes: false);
        repository.AddTarget(RoleName.Targets, "1.4.2", "content");
        var team = repository.Delegate(RoleName.Targets, "team", ["team/*"]);
        repository.AddTarget(team, Path, "content");
        repository.Publish(RoleName.Targets, team);
        var first = repository.FirstRoot;
        var retired = repository.Signers[RoleName.Root];
        repository.Rotate(RoleName.Root);
        var seed = InputText.Seed(new JsonObject(((string[])["root", "timestamp", "snapshot", "targets", "team"]).Select(role => KeyValuePair.Create<string, JsonNode?>(role, JsonNode.Parse(repository.Files[role + ".json"])!["signed"]!.DeepClone()))).ToJsonString());
        var rootKeys = repository.Signers[RoleName.Root].Concat(retired).ToList();
        yield return new ParserUnderTest("signed-update", 2, new JsonMutator(MetadataParsers.Words), [seed], input => Update(input, first, role => role == "root" ? rootKeys : repository.Signers[RoleName.Parse(role)]));
        yield return Publish();
    }

    private static void Update(byte[] input, byte[] firstRoot, Func<string, IReadOnlyList<ISigningKey>> keysOf)
    {
        var files = Sign(input, keysOf);
        var cache = new MemoryCache();
        cache.Write("root.json", firstRoot);
        var source = new MemorySource(name => name switch
        {
            "2.root.json" => files.GetValueOrDefault("root"),
            "timestamp.json" => files.GetValueOrDefault("timestamp"),
            _ when name.EndsWith(".snapshot.json", StringComparison.Ordinal) || name == "snapshot.json" => files.GetValueOrDefault("snapshot"),
            _ when name.EndsWith(".targets.json", StringComparison.Ordinal) || name == "targets.json" => files.GetValueOrDefault("targets"),
            _ when name.EndsWith(".root.json", StringComparison.Ordinal) => null,
            // Whatever role a damaged delegation names, something is there.
            _ => files.GetValueOrDefault("team"),
        });
        var client = new TrustClient(TufFormat.Instance, source, cache, Now, new TrustClientOptions());
        var top = client.RefreshAsync(CancellationToken.None).GetAwaiter().GetResult();
        _ = client.FindAsync(top, Path, CancellationToken.None).GetAwaiter().GetResult();
        _ = TargetListing.ReadAsync(client, top, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static ParserUnderTest Publish()
    {
        ISigningKey[] keys = TestKeys.New(4);
        var signers = new OnlineSigners([keys[2]], [keys[3]]);
        var set = NewRepository.Create(TufFormat.Instance, Oci.RepositoryName.Parse("registry.example.com/team/app"), keys[0], keys[1], [keys[2].Describe()], [keys[3].Describe()], Now, Now.AddYears(1), Now.AddYears(1));
        var current = CandidateSet.OfUploads(TufFormat.Instance, null, [new UploadedFile(RoleName.Root, set.Root.File), new UploadedFile(RoleName.Targets, set.Targets.File)], signers, Rules, Now).Set;
        var targets = JsonNode.Parse(set.Targets.File.Span)!["signed"]!.DeepClone();
        targets["version"] = 2;
        targets["targets"]!["1.4.2"] = RepositoryBuilder.Target("1.4.2");
        RepositoryBuilder.Delegate(targets.AsObject(), "team", 1, "team/*", keys[1]);
        var team = targets.DeepClone();
        team.AsObject().Remove("delegations");
        var root = JsonNode.Parse(set.Root.File.Span)!["signed"]!.DeepClone();
        root["version"] = 2;
        byte[] seed = InputText.Seed(new JsonObject { ["root"] = root, ["targets"] = targets, ["team"] = team }.ToJsonString());
        return new ParserUnderTest("signed-publish", 1, new JsonMutator(MetadataParsers.Words), [seed], input =>
        {
            var files = Sign(input, role => [keys[role == "root" ? 0 : 1]]);
            _ = CandidateSet.OfUploads(TufFormat.Instance, current, [.. files.Select(file => new UploadedFile(RoleName.Parse(file.Key), file.Value))], signers, Rules, Now);
        });
    }

    private static Dictionary<string, byte[]> Sign(byte[] input, Func<string, IReadOnlyList<ISigningKey>> keysOf)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var all = StrictJson.Parse(input, JsonLimits.OfBytes(int.MaxValue));
        if (all.ValueKind != JsonValueKind.Object)
            return files;
        foreach (var member in all.EnumerateObject().Where(member => member.Name is "root" or "timestamp" or "snapshot" or "targets" or "team"))
        {
            var payload = CanonicalJson.Encode(member.Value);
            files[member.Name] = TufFormat.Instance.WriteFile(Encoding.UTF8.GetBytes(member.Value.GetRawText()), keysOf(member.Name).Select(key => new Signature(key.Describe().Id, key.Sign(payload))));
        }
        return files;
    }
}
