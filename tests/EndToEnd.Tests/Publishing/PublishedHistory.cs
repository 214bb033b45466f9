using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>Every version of a repository, read from the server and checked one against the next.</summary>
internal static class PublishedHistory
{
    /// <summary>
    /// Insists that versions 1 to the current one are all there, that each is signed, that snapshot N names exactly targets N,
    /// and that each targets version adds one tag to the one before and loses none.
    /// </summary>
    public static async Task RequireLinearAsync(ServerProcess server, OwnedRepository repository, TrustedTargets current)
    {
        var root = current.Snapshot.Root.Metadata.Signed;
        Assert.Equal(current.Metadata.Signed.Version, current.Snapshot.Metadata.Signed.Version);
        var before = new HashSet<string>();
        for (var version = 1L; version <= current.Metadata.Signed.Version; version++)
        {
            var targets = TufFormat.Instance.Read<Targets>(await server.ReadAsync(repository.Name.Value, $"{version}.targets.json"), int.MaxValue);
            var snapshot = TufFormat.Instance.Read<Snapshot>(await server.ReadAsync(repository.Name.Value, $"{version}.snapshot.json"), int.MaxValue);
            SignatureThreshold.Require(targets, RoleName.Targets, "root 1", root.Keys, root.Roles[RoleName.Targets]);
            SignatureThreshold.Require(snapshot, RoleName.Snapshot, "root 1", root.Keys, root.Roles[RoleName.Snapshot]);
            Assert.Equal(version, targets.Signed.Version);
            Assert.Equal(version, snapshot.Signed.Version);
            var listed = snapshot.Signed.Meta[RoleName.Targets];
            Assert.Equal(version, listed.Version);
            FileIntegrity.Check(targets.File.Span, listed.Length, listed.Hashes, "targets");
            var now = targets.Signed.TargetFiles.Keys.ToHashSet();
            Assert.Superset(before, now);
            Assert.Equal(version == 1 ? 0 : before.Count + 1, now.Count);
            before = now;
        }
    }
}
