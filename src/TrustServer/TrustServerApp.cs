using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Background;
using TrustService.Server.Endpoints;
using TrustService.Server.Endpoints.Notary;
using TrustService.Server.Hosting;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Options;
using TrustService.Server.Security;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server;

/// <summary>The server: what it is made of, in order.</summary>
internal static class TrustServerApp
{
    /// <summary>Runs until the process is asked to stop.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var command = OperatorCommandLine.TryParse(args);
            var commandLine = ServerCommandLine.Parse(command?.Settings ?? args);
            if (commandLine.ContainsKey(SettingNames.Help))
                return Print(command is null ? ServerCommandLine.Help : OperatorCommandLine.Help);
            if (commandLine.ContainsKey(SettingNames.Version))
                return Print($"TrustServer {ProductVersion.Text}");
            await using var app = Create(command?.Settings ?? args, mayBegin: command is null);
            if (command is not null)
                return (int)await new OperatorCommands(app.Services, command, Console.Out).RunAsync(CancellationToken.None);
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (Exception e) when (StartFailure.Of(e) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Text);
            return (int)failure.Outcome;
        }
    }

    /// <summary>Builds the server; nothing listens yet.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Last changes to what it is made of, for tests; or null.</param>
    /// <param name="mayBegin">True if a new database and its directory may be made; a command of the operator is about one that is there.</param>
    /// <exception cref="TrustException">A setting is wrong, or a file cannot be used.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null, bool mayBegin = true)
    {
        var commandLine = ServerCommandLine.Parse(args);
        var builder = WebApplication.CreateEmptyBuilder(ServerCommandLine.HostOptions(commandLine));
        builder.Services.AddSingleton(TimeProvider.System);
        var settings = builder.AddTrustConfiguration(commandLine, mayBegin);
        builder.AddTrustLogging();
        configure?.Invoke(builder);
        builder.AddTrustKestrel(settings);
        builder.Services.AddTrustOptions(builder.Configuration);
        builder.Services.AddTrustStore();
        builder.Services.AddOnlineKeys();
        builder.Services.AddTrustPublishing();
        builder.Services.AddTrustBackground();
        builder.Services.AddTrustAuthorization();
        builder.Services.AddTrustRateLimits();
        builder.Services.AddTrustEndpoints();

        var app = builder.Build();
        app.Services.GetRequiredService<OperatorRules>();
        app.UseMiddleware<RequestMetrics>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.MapTuf();
        if (app.Services.GetRequiredService<IOptions<NotaryOptions>>().Value.Enabled)
            app.MapNotary();
        app.MapRepositories();
        app.MapChanges();
        app.MapHealth();
        app.MapMetrics();
        app.MapTrustOpenApi();
        return app;
    }

    private static int Print(string text)
    {
        Console.WriteLine(text);
        return (int)Outcome.Verified;
    }
}
