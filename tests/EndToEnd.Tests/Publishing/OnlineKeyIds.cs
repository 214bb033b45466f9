using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Formats.Tuf;
using TrustService.Metadata;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>The ids of the keys with which a server signs a repository's snapshot and timestamp.</summary>
/// <param name="Snapshot">The key of snapshot.</param>
/// <param name="Timestamp">The key of timestamp.</param>
internal sealed record OnlineKeyIds(string Snapshot, string Timestamp)
{
    /// <summary>Asks the server.</summary>
    public static async Task<OnlineKeyIds> ReadAsync(ServerProcess server, OwnedRepository repository) =>
        new(await ReadAsync(server, repository, RoleName.Snapshot), await ReadAsync(server, repository, RoleName.Timestamp));

    private static async Task<string> ReadAsync(ServerProcess server, OwnedRepository repository, RoleName role) =>
        (await server.Client.RequestOnlineKeysAsync(TufFormat.Instance, repository.Name, role, CancellationToken.None)).Active.Id.ToString();
}
