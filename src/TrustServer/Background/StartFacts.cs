using TrustService.Server.Data;
using TrustService.Server.Hosting;
using TrustService.Server.Options;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Background;

/// <summary>What an operator wants to see when the server starts.</summary>
/// <param name="Settings">Where the server listens.</param>
/// <param name="Database">Where it keeps what was published.</param>
/// <param name="HasPasswordInArguments">True if a password stands on the command line.</param>
internal sealed record StartFacts(ServerSettings Settings, DatabaseOptions Database, bool HasPasswordInArguments)
{
    private bool isLogged;

    /// <summary>Writes the facts to the log, the first time.</summary>
    public void LogOnce(ILogger log)
    {
        if (isLogged)
            return;
        isLogged = true;
        Log.Starting(log, ProductVersion.Text, StoreText(), SchemaText(), TlsText());
        if (Settings.Urls.All(url => url.IsLoopback))
            Log.LoopbackOnly(log);
        else
            Log.OpenToAll(log, string.Join(", ", Settings.Urls));
        if (HasPasswordInArguments)
            Log.PasswordOnCommandLine(log);
    }

    private string SchemaText() => Migration.ReadEmbedded(Database.IsEmbedded ? "sqlite" : "postgresql").Count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string StoreText() => Database.IsEmbedded ? $"SQLite {Path.Combine(Database.DataDirectory, "trust.db")}" : "PostgreSQL";

    private string TlsText() => Settings switch
    {
        { DevTls: true } => $"development TLS, CA {Path.Combine(TlsFiles.DevelopmentDirectory(Settings), "ca.crt")}",
        { TlsCert: { } file } => $"TLS {file}",
        _ => "no TLS",
    };
}
