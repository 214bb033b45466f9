using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_updater_delegation_graphs</c>.</summary>
public sealed class DelegationGraphCases
{
    // Each word: DELEGATOR>ROLE, with "!" for terminating and "=PATTERN,…" for patterns other than *.
    private const string Tree = "targets>A=*.doc,*.md,foo-?.tgz targets>B=releases/*/* B>C=releases/x/* B>D=releases/y/*.zip";

    private static readonly (string Role, string Path)[] TreeFiles =
    [
        ("targets", "targetfile"), ("A", "README.md"), ("A", "releases/README.md"), ("A", "foo-1.tgz"), ("A", "foo-alpha.tgz"),
        ("C", "releases/x/x_v1"), ("D", "releases/y/y_v1.zip"), ("D", "releases/z/z_v1.zip"),
    ];

    [Theory]
    [InlineData("test_graph_traversal[basic-delegation]", "targets>A", "A")]
    [InlineData("test_graph_traversal[single-level-delegations]", "targets>A targets>B", "A B")]
    [InlineData("test_graph_traversal[two-level-delegations]", "targets>A targets>B B>C", "A B C")]
    [InlineData("test_graph_traversal[two-level-test-DFS-order-of-traversal]", "targets>A targets>B A>C A>D", "A C D B")]
    [InlineData("test_graph_traversal[three-level-delegation-test-DFS-order-of-traversal]", "targets>A targets>B A>C C>D", "A C D B")]
    [InlineData("test_graph_traversal[two-level-terminating-ignores-all-but-roles-descendants]", "targets>A targets>B A>C! A>D", "A C")]
    [InlineData("test_graph_traversal[three-level-terminating-ignores-all-but-roles-descendants]", "targets>A targets>B A>C! C>D", "A C D")]
    [InlineData("test_graph_traversal[two-level-ignores-all-branches-not-matching-paths]", "targets>A=*.py targets>B A>C", "B")]
    [InlineData("test_graph_traversal[three-level-ignores-all-branches-not-matching-paths]", "targets>A targets>B A>C=*.py C>D", "A B")]
    [InlineData("test_graph_traversal[cyclic-graph]", "targets>A targets>B B>C C>D D>B", "A B C D")]
    [InlineData("test_graph_traversal[two-roles-delegating-to-a-third]", "targets>A targets>B B>C A>C", "A C B")]
    [InlineData("test_graph_traversal[two-roles-delegating-to-a-third-different-paths]", "targets>A targets>B B>C A>C=*.py", "A B C")]
    public async Task Find_Graph_IsWalkedInPreOrder(string caseId, string graph, string visited)
    {
        await using var run = new ConformanceRun(caseId);
        Delegate(run.Repository, graph);
        run.Repository.Publish([.. run.Repository.Targets.Keys]);

        await run.RefusesDownloadAsync(TrustError.NotSigned, "missingpath");

        Assert.Equal(visited.Split(' ').Select(role => $"1.{role}.json"), run.Repository.Requests.Skip(4));
    }

    [Theory]
    [InlineData("test_targetfile_search[no delegations]", "targetfile", true, "")]
    [InlineData("test_targetfile_search[targetpath matches wildcard]", "README.md", true, "A")]
    [InlineData("test_targetfile_search[targetpath with separators x]", "releases/x/x_v1", true, "B C")]
    [InlineData("test_targetfile_search[targetpath with separators y]", "releases/y/y_v1.zip", true, "B D")]
    [InlineData("test_targetfile_search[targetpath is not delegated by all roles in the chain]", "releases/z/z_v1.zip", false, "B")]
    [InlineData("test_targetfile_search[wildcard does not match path separator]", "releases/README.md", false, "")]
    [InlineData("test_targetfile_search[targetpath matches question mark wildcard]", "foo-1.tgz", true, "A")]
    [InlineData("test_targetfile_search[targetpath does not match question mark wildcard]", "foo-alpha.tgz", false, "")]
    [InlineData("test_targetfile_search[targetpath matching is case sensitive]", "README.MD", false, "")]
    public async Task Download_FromATreeOfRoles_FollowsMatchingPatternsOnly(string caseId, string path, bool isFound, string visited)
    {
        await using var run = new ConformanceRun(caseId);
        Delegate(run.Repository, Tree);
        foreach (var (role, file) in TreeFiles)
            run.Repository.AddTarget(RoleName.Parse(role), file, $"{file} by {role}");
        run.Repository.Publish([.. run.Repository.Targets.Keys]);

        if (isFound)
            await run.DownloadsAsync(path);
        else
            await run.RefusesDownloadAsync(TrustError.NotSigned, path);

        Assert.Equal(visited.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(role => $"1.{role}.json"), run.Repository.Requests.Skip(4));
        Assert.Equal(isFound ? [$"{path} by {visited.Split(' ').Last() switch { "" => "targets", var role => role }}"] : [], run.Downloaded);
    }

    [Theory]
    [InlineData("test_cached_role_is_verified_against_current_delegator")]
    public async Task Find_RoleBelowTwoParents_IsVerifiedUnderEachByItsOwnKeys(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var first = repository.Delegate(RoleName.Targets, "parent-a", ["team-a/*"]);
        var second = repository.Delegate(RoleName.Targets, "parent-b", ["team-b/*"]);
        var release = repository.Delegate(first, "release", ["team-a/*"]);
        var signers = repository.Signers[release].ToList();
        repository.Delegate(second, "release", ["team-b/*"]);
        repository.Signers[release] = signers;
        repository.AddTarget(release, "team-a/trusted_root.json", "trusted A");
        repository.AddTarget(release, "team-b/trusted_root.json", "malicious B");
        repository.Publish(release, first, second, RoleName.Targets);

        await run.RefusesDownloadAsync(TrustError.ThresholdNotMet, "team-a/trusted_root.json", "team-b/trusted_root.json");
        Assert.Equal(["trusted A"], run.Downloaded);

        // A run that finds the role in its cache is no more credulous.
        await run.RefusesDownloadAsync(TrustError.ThresholdNotMet, "team-b/trusted_root.json");
        Assert.Equal(["trusted A"], run.Downloaded);
    }

    [Theory]
    [InlineData("test_delegation_not_in_snapshot")]
    public async Task Find_DelegatedRoleIsNotInSnapshot_IsNotEvenAskedFor(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var role = repository.Delegate(RoleName.Targets, "delegated", ["delegatedpath/*"]);
        repository.PublishOnly(role, RoleName.Targets);
        repository.Snapshot = repository.Snapshot with { Meta = repository.Snapshot.Meta.Where(entry => entry.Key != role).ToDictionary() };
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        await run.RefreshesAsync();
        repository.Requests.Clear();

        await run.RefusesDownloadAsync(TrustError.RoleNotListed, "delegatedpath/foo");

        Assert.Null(run.Version(role));
        Assert.Equal(["2.root.json", "timestamp.json"], repository.Requests);
    }

    private static void Delegate(RepositorySimulator repository, string graph)
    {
        // A role that several roles delegate to has one key under all of them.
        var keys = new Dictionary<string, ISigningKey[]>();
        foreach (var edge in graph.Split(' '))
        {
            var parts = edge.TrimEnd('!').Split('>', '=');
            if (!keys.TryGetValue(parts[1], out var signers))
                keys.Add(parts[1], signers = TestKeys.New(1));
            repository.Delegate(RoleName.Parse(parts[0]), parts[1], parts.Length > 2 ? parts[2].Split(',') : ["*"], edge.EndsWith('!'), keys: signers);
        }
    }
}
