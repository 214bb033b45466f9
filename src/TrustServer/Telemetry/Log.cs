namespace TrustService.Server.Telemetry;

/// <summary>
/// Every log line. Event ids: 1000 start and stop, 2000 writes, 3000 renewal, 4000 alarms, 5000 failures. Reads are not logged.
/// </summary>
internal static partial class Log
{
    /// <summary>Category of all lines.</summary>
    public const string Category = "TrustServer";

    /// <summary>Event ids below this one are facts about the start, shown without a time.</summary>
    public const int FirstTimedEvent = 1100;

    /// <summary>Code of a failure that is no refusal.</summary>
    public const string Unforeseen = "internal-error";

    /// <summary>Why something failed, with the cause that a caller is not told.</summary>
    public static string Reason(Exception failure) =>
        failure.GetBaseException() is { } cause && cause != failure ? $"{failure.Message} ({cause.Message})" : failure.Message;

    [LoggerMessage(1001, LogLevel.Information, "TrustServer {Version} · {Store} (schema {Schema}) · {Tls}")]
    public static partial void Starting(ILogger logger, string version, string store, string schema, string tls);

    [LoggerMessage(1002, LogLevel.Information, "No authentication is configured: listening on loopback only.")]
    public static partial void LoopbackOnly(ILogger logger);

    [LoggerMessage(1003, LogLevel.Warning, "No authentication is configured: everybody who reaches {Urls} can publish and delete.")]
    public static partial void OpenToAll(ILogger logger, string urls);

    [LoggerMessage(1004, LogLevel.Warning, "The command line holds a password, which other users of this machine can see. Give it in TRUST_DATABASE, PGPASSWORD or PGPASSFILE.")]
    public static partial void PasswordOnCommandLine(ILogger logger);

    [LoggerMessage(1005, LogLevel.Information, "Renewal: {Renewed} of {Repositories} repositories due. Ready on {Urls} in {Seconds} s.")]
    public static partial void Ready(ILogger logger, int renewed, long repositories, string urls, string seconds);

    [LoggerMessage(1006, LogLevel.Warning, "Not ready: {Reason} Trying again in {Seconds} s.")]
    public static partial void NotReady(ILogger logger, string reason, int seconds);

    [LoggerMessage(1101, LogLevel.Information, "Stopping: requests that are being worked on may finish within {Seconds} s.")]
    public static partial void Stopping(ILogger logger, int seconds);

    [LoggerMessage(2001, LogLevel.Information, "Published {Repository} · {Versions} · {Milliseconds} ms")]
    public static partial void Published(ILogger logger, string repository, string versions, long milliseconds);

    [LoggerMessage(2002, LogLevel.Information, "Refused a publish to {Repository} · {Code} · {Reason}")]
    public static partial void Refused(ILogger logger, string repository, string code, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Made a {Role} key for {Repository} · {KeyId}")]
    public static partial void MadeOnlineKey(ILogger logger, string role, string repository, string keyId);

    [LoggerMessage(2004, LogLevel.Warning, "Deleted {Repository}")]
    public static partial void Deleted(ILogger logger, string repository);

    [LoggerMessage(2005, LogLevel.Warning, "Imported {Repository} · {Format}, roots {FirstRoot} to {LastRoot} · read-only until its owner lists this server's keys; without that, clients refuse it from {ServedUntil}")]
    public static partial void Imported(ILogger logger, string repository, string format, long firstRoot, long lastRoot, string servedUntil);

    [LoggerMessage(2006, LogLevel.Information, "Refused an import of {Repository} · {Code} · {Reason}")]
    public static partial void ImportRefused(ILogger logger, string repository, string code, string reason);

    [LoggerMessage(2007, LogLevel.Information, "Parked {Role} {Version} of {Repository} · {Signatures} signatures so far")]
    public static partial void Parked(ILogger logger, string repository, string role, long version, int signatures);

    [LoggerMessage(3001, LogLevel.Information, "Renewed {Repository} · {Versions} · timestamp until {Expires}")]
    public static partial void Renewed(ILogger logger, string repository, string versions, string expires);

    [LoggerMessage(3002, LogLevel.Warning, "Cannot renew {Repository} · {Code} · {Reason}")]
    public static partial void CannotRenew(ILogger logger, string repository, string code, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "{Count} more repositories cannot be renewed.")]
    public static partial void CannotRenewMore(ILogger logger, int count);

    [LoggerMessage(3004, LogLevel.Error, "Renewal stopped early · {Code} · {Reason}")]
    public static partial void RenewalStopped(ILogger logger, string code, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Removed {Count} files that were replaced more than {Days} days ago.")]
    public static partial void Pruned(ILogger logger, int count, int days);

    [LoggerMessage(4001, LogLevel.Critical, "ALARM: a private key was uploaded to {Repository}: treat it as stolen · {Reason}")]
    public static partial void PrivateKeyUploaded(ILogger logger, string repository, string reason);

    [LoggerMessage(4002, LogLevel.Critical, "ALARM: {Code} · {Reason} {Hint}")]
    public static partial void DatabaseRestored(ILogger logger, string code, string reason, string hint);

    [LoggerMessage(4003, LogLevel.Warning, "Versions were raised above what was published: the server signs again.")]
    public static partial void SignsAgain(ILogger logger);

    [LoggerMessage(4004, LogLevel.Warning, "The database could not be held against the high-water mark · {Code} · {Reason}")]
    public static partial void CannotCheckMark(ILogger logger, string code, string reason);

    [LoggerMessage(5001, LogLevel.Error, "{Method} {Path} failed · {Code} · {Reason}")]
    public static partial void RequestFailed(ILogger logger, string method, string path, string code, string reason);

    [LoggerMessage(5002, LogLevel.Error, "{Method} {Path} failed for a reason that nobody foresaw")]
    public static partial void RequestCrashed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(5003, LogLevel.Critical, "The server stops for a reason that nobody foresaw")]
    public static partial void Crashed(ILogger logger, Exception exception);
}
