using System.Runtime.Versioning;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Server.Data;
using TrustService.Testing;
using static TrustService.Server.Tests.Stores.Publishing;

namespace TrustService.Server.Tests.Stores;

[UnsupportedOSPlatform("windows")]
public sealed class SqliteMetadataStoreTests() : MetadataStoreContract(null)
{
    private string DatabaseFile => Path.Combine(Database.Options.DataDirectory, "trust.db");

    [Fact]
    public void Files_OfTheDatabase_AreClosedToOthers()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Database.Options.DataDirectory));
        Assert.All(Directory.GetFiles(Database.Options.DataDirectory), f => Assert.False(PrivateFiles.IsOpenToOthers(f), f));
    }

    [Fact]
    public async Task Publish_DatabaseFull_IsUnavailableAndNothingIsHalfWritten()
    {
        var before = await Store.CreateAsync(App);
        await using (var connection = await Database.OpenDatabase().OpenAsync(None))
        {
            // The next connection is this one, out of the pool, with room for no further page.
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA page_count;";
            var pages = await command.ExecuteScalarAsync();
            command.CommandText = $"PRAGMA max_page_count={pages};";
            await command.ExecuteNonQueryAsync();
        }

        await Refusal.OfAsync(TrustError.StoreUnavailable, async () =>
        {
            for (var i = 0; i < 100; i++)
                before = await Store.PublishNextAsync(App, new string('x', 4096));
        });

        Assert.Equal(before, await Store.FindAsync(App, None));
        Assert.Equal(before.Timestamp.Version, (await Store.ReadCurrentAsync(App, RoleName.Timestamp, None))!.Version);
        Assert.Equal(before.Targets.Version, (await Store.ReadCurrentAsync(App, RoleName.Targets, None))!.Version);
        Assert.Equal("ok", await Database.ScalarAsync("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task Publish_ReadOnlyDatabase_IsUnavailableAndReadingGoesOn()
    {
        await Store.CreateAsync(App);
        await using (var connection = await Database.OpenDatabase().OpenAsync(None))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA query_only=ON;";
            await command.ExecuteNonQueryAsync();
        }
        await Refusal.OfAsync(TrustError.StoreUnavailable, () => Store.PublishNextAsync(App));
        Assert.Equal(1, (await Store.ReadCurrentAsync(App, RoleName.Timestamp, None))!.Version);
    }

    [Fact]
    public async Task Read_DamagedDatabase_IsUnavailable()
    {
        await using var other = StoreUnderTest.CreateEmpty(null);
        Directory.CreateDirectory(other.Options.DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(other.Options.DataDirectory, "trust.db"), new string('x', 8192));
        await Refusal.OfAsync(TrustError.StoreUnavailable, () => other.OpenStore().FindAsync(App, None));
        await Refusal.OfAsync(TrustError.StoreUnavailable, () => new SqlMigrator(other.OpenDatabase(), other.Clock).MigrateAsync(None));
        Assert.True(File.Exists(DatabaseFile));
    }
}
