using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

[Collection(OnPostgres.Name)]
public sealed class PostgresMetadataStoreTests(PostgresFixture postgres) : MetadataStoreContract(postgres)
{
    [Fact]
    public async Task Publish_RepositoryDeletedBesideTheLock_IsConflict()
    {
        await Store.CreateAsync(App);
        await using var publish = await Store.BeginPublishAsync(App, [], None);
        await Database.ScalarAsync($"DELETE FROM repositories WHERE name = '{App}'");

        await Refusal.OfAsync(TrustError.PublishConflict, () => publish.CommitAsync(Of(Signed(RoleName.Targets, 2), Signed(RoleName.Snapshot, 2), Signed(RoleName.Timestamp, 2)), None));

        Assert.Null(await Store.FindAsync(App, None));
    }
}
