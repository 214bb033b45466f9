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
    /// <summary>Writes the facts to the log.</summary>
    public void Log(ILogger log)
    {
        Telemetry.Log.Starting(log, ProductVersion.Text, StoreText(), SchemaText(), TlsText());
        if (Settings.Urls.All(url => url.IsLoopback))
            Telemetry.Log.LoopbackOnly(log);
        else
            Telemetry.Log.OpenToAll(log, string.Join(", ", Settings.Urls));
        if (HasPasswordInArguments)
            Telemetry.Log.PasswordOnCommandLine(log);
    }

    private string SchemaText() => Migration.ReadEmbedded(Database.IsEmbedded ? "sqlite" : "postgresql").Count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string StoreText() => Database.IsEmbedded ? $"SQLite {Database.EmbeddedFile}" : "PostgreSQL";

    private string TlsText() => Settings switch
    {
        { DevTls: true } => $"development TLS, CA {Path.Combine(TlsFiles.DevelopmentDirectory(Settings), "ca.crt")}",
        { TlsCert: { } file } => $"TLS {file}",
        _ => "no TLS",
    };
}
