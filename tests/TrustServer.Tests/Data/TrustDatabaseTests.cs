using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;
using TrustService.Testing;

namespace TrustService.Server.Tests.Data;

public sealed class TrustDatabaseTests
{
    [Fact]
    public async Task Query_DatabaseThatIsNotThere_TellsTheCauseToTheLogOnly()
    {
        await using var database = new TrustDatabase(new DatabaseOptions { ConnectionString = "Host=127.0.0.1;Port=1;Database=trust" });

        var refusal = await Refusal.OfAsync(TrustError.StoreUnavailable, () => new MetadataStore(database, TimeProvider.System).PingAsync(CancellationToken.None));

        Assert.DoesNotContain(refusal.GetBaseException().Message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(refusal.GetBaseException().Message, Log.Reason(refusal), StringComparison.Ordinal);
    }
}
