using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Publishing;

/// <summary>A server that is stopped and started again on the same data.</summary>
public sealed class RestartTests
{
    public static TheoryData<string> EveryDatabase => Databases.Both;

    [Theory]
    [MemberData(nameof(EveryDatabase))]
    public async Task Restart_AfterSigterm_KeepsEveryKeyAndGoesOn(string database)
    {
        using var server = await ServerProcess.StartAsync(Databases.Create(database));
        using var first = await OwnedRepository.CreateAsync(server, "team/one");
        using var second = await OwnedRepository.CreateAsync(server, "team/two");
        await first.SignAsync(server, "ci", "1.0");
        var keys = (await OnlineKeyIds.ReadAsync(server, first), await OnlineKeyIds.ReadAsync(server, second));
        var before = await first.VerifyAsync(server);

        Assert.Equal(0, server.Stop());
        Assert.True(server.IsGone());
        await server.StartAgainAsync();

        Assert.Equal(keys, (await OnlineKeyIds.ReadAsync(server, first), await OnlineKeyIds.ReadAsync(server, second)));
        Assert.Equal(before.Snapshot.Timestamp.Metadata.File, (await first.VerifyAsync(server)).Snapshot.Timestamp.Metadata.File);
        await first.SignAsync(server, "ci", "1.1");
        await second.SignAsync(server, "ci", "2.0");
        Assert.Equal(["1.0", "1.1"], (await first.VerifyAsync(server)).Metadata.Signed.TargetFiles.Keys.Order());
        Assert.Equal(["2.0"], (await second.VerifyAsync(server)).Metadata.Signed.TargetFiles.Keys);
    }

    [Theory]
    [MemberData(nameof(EveryDatabase))]
    public async Task Start_WithTimestampsThatAreDue_RenewsBeforeItIsReady(string database)
    {
        using var server = await ServerProcess.StartAsync(Databases.Create(database));
        using var repository = await OwnedRepository.CreateAsync(server, "team/app");
        await repository.SignAsync(server, "ci", "1.0");
        var before = (await repository.VerifyAsync(server)).Snapshot.Timestamp.Metadata.Signed;
        server.Stop();

        // From now on a timestamp lives for 60 days and is renewed half a day after it was signed: one with 14 days left is due.
        server.Set("TRUST_Signing__TimestampLifetimeDays", "60");
        await server.StartAgainAsync();

        var after = await repository.VerifyAsync(server);
        Assert.Equal(before.Version + 1, after.Snapshot.Timestamp.Metadata.Signed.Version);
        Assert.True(after.Snapshot.Timestamp.Metadata.Signed.Expires > before.Expires.AddDays(30));
        Assert.True(after.Metadata.Signed.TargetFiles.ContainsKey("1.0"));
        Assert.Contains("Renewal: 1 of 1", server.Output, StringComparison.Ordinal);
    }
}
