using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Signers;

/// <summary>Two owners have to sign; one of them hands on a change that is not what it looks like.</summary>
public sealed class DishonestOwnerTests(TeamServer server) : IClassFixture<TeamServer>
{
    public static TheoryData<string> Tricks => ["order", "bins", "key under an id", "unknown member", "unknown member of a target", "unknown member of a role", "name of a key"];

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task Cosign_ChangeThatCannotBeShown_IsNotSigned(string trick)
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("one");
        await team.NewSignerAsync("two");
        var other = await TwoOwnersAsync(team);
        var path = await team.CraftAsync(targets => Play(trick, targets));
        var before = await team.TargetsVersionAsync();

        var shown = await other.RunAsync("pending", "list", path);
        var run = await other.RunAsync("cosign", path, "-y", "-o", "json");

        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEqual("nothing-pending", run.ErrorCode);
        Assert.Contains("more than can be shown", shown.Results + shown.Messages, StringComparison.Ordinal);
        Assert.Equal(before, await team.TargetsVersionAsync());
    }

    [Fact]
    public async Task Cosign_KeyThatIsCalledOneTime_IsShownInFullWithAWarning()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("ci");
        var other = await TwoOwnersAsync(team);
        var mallory = TestKeys.New().Describe();
        var path = await team.CraftAsync(targets => With(targets, role => role with
        {
            RoleKeys = role.RoleKeys with { KeyIds = role.RoleKeys.KeyIds.Add(mallory.Id) },
            OneTimeKeys = role.OneTimeKeys.Add(mallory.Id),
        }, mallory));

        var shown = await other.SucceedsAsync("pending", "list", path);
        var run = await other.SucceedsAsync("cosign", path, "-y");
        var listed = await other.SucceedsAsync("signer", "list", team.Repository);

        Assert.Contains($"one-time {mallory.Id}", shown.Results, StringComparison.Ordinal);
        Assert.Contains($"one-time key {mallory.Id}", run.Messages, StringComparison.Ordinal);
        Assert.Contains($"one-time {mallory.Id.Short}", listed.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cosign_SignerAmongManyTags_IsToldFirstAndWhole()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("ci");
        var other = await TwoOwnersAsync(team);
        var mallory = TestKeys.New().Describe();
        var tags = Enumerable.Range(0, 120).ToDictionary(number => $"0.{number}", number => new TargetFile { Length = 7, Hashes = FileHashes.OfSha256([(byte)number]) });
        var path = await team.CraftAsync(targets => With(targets, role => role with { RoleKeys = role.RoleKeys with { KeyIds = role.RoleKeys.KeyIds.Add(mallory.Id) } }, mallory) with { TargetFiles = tags });

        other.Terminal.Answer("n");
        var run = await other.RunAsync("cosign", path, "-o", "json");

        Assert.Equal("declined", run.ErrorCode);
        Assert.True(run.Messages.IndexOf(mallory.Id.Value, StringComparison.Ordinal) is var at and > 0 && at < run.Messages.IndexOf("+ 0.0", StringComparison.Ordinal), run.Messages);
        Assert.Contains(mallory.Id.Value, Assert.Single(other.Terminal.Questions), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PendingList_RoleThatSignsByHash_SaysWhatItMaySign()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("ci");
        var other = await TwoOwnersAsync(team);
        var path = await team.CraftAsync(targets => With(targets, role => role with { Paths = null, PathHashPrefixes = ["0a", "f"] }, TestKeys.New().Describe()));

        var shown = await other.RunAsync("pending", "list", path);

        Assert.Contains("may sign tags whose hash begins with 0a, tags whose hash begins with f", shown.Results, StringComparison.Ordinal);
    }

    // What cannot be read cannot be meant: every tag, and everything that is said of it, without a limit and with -q too.
    [Fact]
    public async Task Cosign_LongChange_IsShownWholeBeforeItIsSigned()
    {
        using var team = await server.NewTeamAsync("tuf");
        await team.NewSignerAsync("ci");
        var other = await TwoOwnersAsync(team);
        var custom = JsonDocument.Parse("""{"prod":"yes"}""").RootElement;
        var tags = Enumerable.Range(0, 120).ToDictionary(number => $"0.{number}", number => new TargetFile { Length = 700 + number, Hashes = FileHashes.OfSha256([(byte)number]), Custom = number == 119 ? custom : null });
        var path = await team.CraftAsync(targets => targets with { TargetFiles = tags });

        var shown = await other.SucceedsAsync("pending", "list", path);
        var run = await other.SucceedsAsync("cosign", path, "-y", "-q", "-o", "json");

        Assert.All(tags, tag =>
        {
            var line = $"+ {tag.Key}  sha256:{Convert.ToHexStringLower(tag.Value.Hashes.Sha256!.Value.Span)}  length {tag.Value.Length}{(tag.Value.Custom is null ? "" : "  custom {\"prod\":\"yes\"}")}";
            Assert.Contains(line, shown.Results, StringComparison.Ordinal);
            Assert.Contains(line, run.Messages, StringComparison.Ordinal);
            Assert.Contains(line, run.Json.GetProperty("published")[0].GetProperty("changes").EnumerateArray().Select(change => change.GetString()));
        });
    }

    private static async Task<SignerMachine> TwoOwnersAsync(TeamWorld team)
    {
        var other = await team.NewMemberAsync("other");
        await team.RequireTwoOwnersAsync(other, "other");
        return other;
    }

    private static Targets Play(string trick, Targets targets)
    {
        var mallory = TestKeys.New().Describe();
        var delegations = targets.Delegations!;
        return trick switch
        {
            "order" => targets with { Delegations = delegations with { Roles = [.. delegations.Roles.Reverse()] } },
            "bins" => targets with
            {
                Delegations = new Delegations
                {
                    Keys = new Dictionary<KeyId, PublicKey> { [mallory.Id] = mallory }.AsReadOnly(),
                    Roles = [],
                    Succinct = new SuccinctRoles { RoleKeys = new RoleKeys { KeyIds = [mallory.Id], Threshold = 1 }, BitLength = 1, NamePrefix = "bin" },
                },
            },
            "key under an id" => targets with { Delegations = delegations with { Keys = delegations.Keys.ToDictionary(key => key.Key, key => mallory with { Id = key.Key }).AsReadOnly() } },
            "unknown member" => Insert(targets, "\"_type\""),
            "unknown member of a target" => Insert(targets with { TargetFiles = new Dictionary<string, TargetFile> { ["1.0"] = new() { Length = 7, Hashes = FileHashes.OfSha256([7]) } } }, "\"length\""),
            "unknown member of a role" => Insert(targets, "\"terminating\""),
            _ => targets with { KeyNames = targets.KeyNames.ToDictionary(name => name.Key, _ => "somebody else").AsReadOnly() },
        };
    }

    private static Targets Insert(Targets targets, string before)
    {
        var format = TufFormat.Instance;
        var text = Encoding.UTF8.GetString(format.WriteSigned(targets));
        Assert.Contains(before, text, StringComparison.Ordinal);
        return format.Read<Targets>(format.WriteFile(Encoding.UTF8.GetBytes(text.Replace(before, "\"x-more\":1," + before, StringComparison.Ordinal)), []), int.MaxValue).Signed;
    }

    private static Targets With(Targets targets, Func<DelegatedRole, DelegatedRole> change, PublicKey key) => targets with
    {
        Delegations = targets.Delegations! with
        {
            Keys = targets.Delegations.Keys.Append(new KeyValuePair<KeyId, PublicKey>(key.Id, key)).ToDictionary().AsReadOnly(),
            Roles = [.. targets.Delegations.Roles.Select(change)],
        },
    };
}
