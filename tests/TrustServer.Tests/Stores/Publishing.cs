using System.Text;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Stores;

namespace TrustService.Server.Tests.Stores;

/// <summary>Publishes files whose content is their repository, role and version.</summary>
internal static class Publishing
{
    public static readonly RepositoryName App = RepositoryName.Parse("registry.example.com/team/app");
    public static readonly RepositoryName Other = RepositoryName.Parse("registry.example.com/team/other");
    public static readonly DateTimeOffset Expires = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly RoleName[] TopLevel = [RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets];
    public static readonly CancellationToken None = CancellationToken.None;

    public static NewFile Signed(RoleName role, long version, string content = "") =>
        new(role, version, Expires, Encoding.UTF8.GetBytes($"{role} {version} {content}"));

    public static Publication Of(params NewFile[] files) =>
        new() { Files = [.. files], Format = "tuf", Kind = ChangeKind.Publish, Actor = "somebody", Summary = "{}" };

    /// <summary>The first publication: version 1 of every top-level role, and of <paramref name="delegated"/>.</summary>
    public static async Task<RepositoryRecord> CreateAsync(this IMetadataStore store, RepositoryName name, params RoleName[] delegated)
    {
        await using var publish = await store.BeginPublishAsync(name, [], None);
        return await publish.CommitAsync(Of([.. TopLevel.Concat(delegated).Select(r => Signed(r, 1, name.Value))]), None);
    }

    /// <summary>A publish as the server makes it: the next targets, snapshot and timestamp.</summary>
    public static async Task<RepositoryRecord> PublishNextAsync(this IMetadataStore store, RepositoryName name, string content = "")
    {
        await using var publish = await store.BeginPublishAsync(name, [RoleName.Targets], None);
        var current = publish.Repository!;
        return await publish.CommitAsync(
            Of(Signed(RoleName.Targets, current.Targets.Version + 1, content), Signed(RoleName.Snapshot, current.Snapshot.Version + 1), Signed(RoleName.Timestamp, current.Timestamp.Version + 1)), None);
    }

    public static string Text(this StoredFile? file) => Encoding.UTF8.GetString(file!.Data.Span);
}
