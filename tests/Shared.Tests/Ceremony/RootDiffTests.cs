using System.Text;
using System.Text.Json.Nodes;
using TrustService.Ceremony;
using TrustService.Editing;
using TrustService.Metadata;

namespace TrustService.Shared.Tests.Ceremony;

public sealed class RootDiffTests
{
    private readonly CeremonyWorld world = new("tuf");

    private string Short(string name) => world.Public(name).Id.Short;

    [Fact]
    public void Lines_HolderReplacedAndThresholdRaised_SayIt()
    {
        var proposal = world.Propose(change => change.Replace(RoleName.Root, world.Public("erin").Id, world.Public("frank"), "frank").WithThreshold(RoleName.Root, 4));

        Assert.Equal(
            ["Root 1 → 2", $"root: + frank ({world.Public("frank").Id})", $"root: - erin ({Short("erin")})", "root: threshold 3 → 4", $"root: 4 of 5 must sign: {string.Join(", ", ((string[])["alice", "bob", "carol", "dave", "frank"]).Select(name => $"{name} ({Short(name)})"))}", $"expires: {CeremonyWorld.Now.AddYears(5):yyyy-MM-dd} → {CeremonyWorld.Now.AddYears(6):yyyy-MM-dd}"],
            proposal.Diff.Lines());
    }

    [Fact]
    public void Lines_OnlineKeyReplaced_SayIt()
    {
        var proposal = world.Propose(change => change.Assign(RoleName.Timestamp, new RoleAssignment([world.Public("frank")])));

        Assert.Contains($"timestamp: + {world.Public("frank").Id}", proposal.Diff.Lines());
        Assert.Contains($"timestamp: - {world.Online.Id.Short}", proposal.Diff.Lines());
        Assert.DoesNotContain(proposal.Diff.Lines(), line => line.StartsWith("snapshot", StringComparison.Ordinal));
        // Who can replace every other key is told whether it changes or not.
        Assert.Contains(proposal.Diff.Lines(), line => line.StartsWith("root: 3 of 5 must sign: alice", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_NamesExchanged_SayIt()
    {
        var proposal = world.Propose(change => change.Name(world.Public("alice").Id, "bob").Name(world.Public("bob").Id, "alice"));

        Assert.Contains($"name of {Short("alice")}: alice → bob", proposal.Diff.Lines());
    }

    [Fact]
    public void Lines_CertificateRenewedForTheSameKey_SayThatTheKeyStays()
    {
        var notary = new CeremonyWorld("notary");
        var again = notary.Format.DescribeRootKey(notary.Key("alice"), CeremonyWorld.Repository, CeremonyWorld.Now, CeremonyWorld.Now.AddYears(10));

        var diff = notary.Propose(change => change.Replace(RoleName.Root, notary.Public("alice").Id, again, "alice")).Diff;

        Assert.Contains($"root: = alice ({again.Id}), the same key as {notary.Public("alice").Id.Short} with other particulars", diff.Lines());
        Assert.Empty(diff.Roles.Single(role => role.Role == RoleName.Root).Added);
    }

    [Theory]
    [InlineData("x-policy", "x-policy: none → \"surprise\"")]
    [InlineData("roles.root.x-quorum", "roles.root.x-quorum: none → \"surprise\"")]
    public void Others_MemberThatIsNotKnown_IsTold(string path, string told)
    {
        var current = world.Published();
        var signed = JsonNode.Parse(world.Format.WriteSigned(current.Signed with { Version = 2 }))!.AsObject();
        JsonNode place = signed;
        foreach (var part in path.Split('.')[..^1])
            place = place[part]!;
        place[path.Split('.')[^1]] = "surprise";
        var after = world.Format.Read<Root>(world.Format.WriteFile(Encoding.UTF8.GetBytes(signed.ToJsonString()), []), 100_000);

        var others = RootDiff.Of(world.Format, current, after).Others;

        Assert.Equal($"something else, which this program does not know: {told}", Assert.Single(others));
    }

    [Fact]
    public void Lines_TextsThatWouldForgeOtherLines_StayInTheirs()
    {
        var forged = "x\n  root: 3 of 5 must sign: alice\u001b[2J\u202e" + new string('\n', 60);
        var current = world.Published();
        var signed = JsonNode.Parse(world.Format.WriteSigned(current.Signed with { Version = 2 }))!.AsObject();
        signed[forged] = 1;
        signed["x-repository"] = forged;
        signed["roles"]!["root"]!["keyids"]!.AsArray().Add("a\n  b");
        for (var i = 0; i < 20; i++)
            signed[$"z{i}"] = $"\u202e{new string('z', 3000)}{i}";
        var after = world.Format.Read<Root>(world.Format.WriteFile(Encoding.UTF8.GetBytes(signed.ToJsonString()), []), 100_000);

        var lines = RootDiff.Of(world.Format, current, after).Lines().ToList();

        Assert.All(lines, line => Assert.DoesNotContain(line, character => char.IsControl(character) || character == '\u202e'));
        // Whole, with their values, however many they are.
        Assert.All(Enumerable.Range(0, 20), i => Assert.Contains(lines, line => line.EndsWith($"z{i}: none → \"\\u202E{new string('z', 3000)}{i}\"", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.StartsWith("root: 3 of", StringComparison.Ordinal));
    }

    // It is kept as an unknown member, beside the names that go.
    [Fact]
    public void Others_NamesThatAreNone_AreTold()
    {
        var current = world.Published();
        var signed = JsonNode.Parse(world.Format.WriteSigned(current.Signed with { Version = 2 }))!.AsObject();
        signed["x-key-names"] = "surprise";
        var after = world.Format.Read<Root>(world.Format.WriteFile(Encoding.UTF8.GetBytes(signed.ToJsonString()), []), 100_000);

        Assert.EndsWith("x-key-names: none → \"surprise\"", Assert.Single(RootDiff.Of(world.Format, current, after).Others), StringComparison.Ordinal);
    }

    [Fact]
    public void Others_WhatIsToldRoleByRole_IsNotAmongThem() =>
        Assert.Empty(world.Propose(change => change.Add(RoleName.Root, world.Public("frank"), "frank").WithThreshold(RoleName.Root, 2)).Diff.Others);
}
