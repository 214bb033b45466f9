using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>One trust server for the teams of a test class, each with a repository of its own.</summary>
public sealed class TeamServer : IAsyncLifetime
{
    private int teams;

    internal FixedTime Time { get; } = new();

    internal TrustServerHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await TrustServerHost.StartAsync(Time);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Somebody between this server and its clients, who answers with the files of other paths.</summary>
    internal Task<HostileServer> StartBetweenAsync(Func<string, string> choosePath) => HostileServer.StartAsync(async context =>
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(Host.Url + choosePath(context.Request.Path.Value!) + context.Request.QueryString));
        context.Response.StatusCode = (int)answer.StatusCode;
        await answer.Content.CopyToAsync(context.Response.Body);
    });

    /// <summary>A team whose repository is initialized.</summary>
    internal Task<TeamWorld> NewTeamAsync(string format) => TeamWorld.StartAsync(this, $"registry.example.com/team{Interlocked.Increment(ref teams)}/app", format);
}
