using TrustService.Cli.Commands;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

public sealed class RepositoryOverviewTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Read_DelegatedRoleExpired_ListsItAndSaysSo()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var team = repository.Delegate(RoleName.Targets, "team", ["team-*"]);
        repository.AddTarget(team, "team-1", "one");
        var expires = repository.Expires;
        repository.Expires = FixedTime.Start.AddHours(1);
        repository.Publish(RoleName.Targets, team);
        repository.Expires = expires;
        repository.Publish(RoleName.Targets);
        var pin = RootPin.OfFile(TufFormat.Instance, repository.FirstRoot);
        using var trust = await RepositoryTrust.OpenAsync(RepositoryName.Parse("registry.example.com/team/app"), pin, [TufFormat.Instance], _ => repository, directory.FullPath, FixedTime.Start, CancellationToken.None);

        var overview = await RepositoryOverview.ReadAsync(trust, FixedTime.Start.AddHours(2), null, TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.Equal("team-1", Assert.Single(overview.Found).Path);
        Assert.Equal((TrustError.Expired, "team"), (overview.Reading.Expired!.Error, overview.Reading.Expired.Role));
        Assert.Empty(overview.Problems);
    }
}
