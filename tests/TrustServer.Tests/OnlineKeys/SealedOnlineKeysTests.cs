using TrustService.Testing;

namespace TrustService.Server.Tests.OnlineKeys;

public sealed class SqliteOnlineKeysTests() : SealedOnlineKeysContract(null)
{
    private protected override async Task<byte[]> DumpAsync()
    {
        using var copy = new MemoryStream();
        foreach (var file in Directory.GetFiles(Database.Options.DataDirectory))
            await copy.WriteAsync(await File.ReadAllBytesAsync(file));
        return copy.ToArray();
    }
}

[Collection(OnPostgres.Name)]
public sealed class PostgresOnlineKeysTests(PostgresFixture postgres) : SealedOnlineKeysContract(postgres)
{
    private protected override async Task<byte[]> DumpAsync() =>
        Convert.FromHexString((string)(await Database.ScalarAsync("SELECT string_agg(encode(material, 'hex') || encode(sealed_private, 'hex') || encode(convert_to(k::text, 'UTF8'), 'hex'), '') FROM online_keys k"))!);
}
