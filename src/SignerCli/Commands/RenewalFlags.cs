using System.CommandLine;
using TrustService.Cli.Settings;

namespace TrustService.Cli.Commands;

/// <summary>The options of commands by which an owner signs roles anew.</summary>
internal sealed class RenewalFlags
{
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long targets and delegated roles are valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly Option<string> rootExpires = new("--root-expires") { HelpName = "TIME", Description = "How long a new root is valid (default 10y)", DefaultValueFactory = _ => "10y" };

    private readonly Option<bool> acceptStale = new("--accept-stale") { Description = "Sign targets anew although the timestamp has expired, so that nobody can tell whether this is the latest state" };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [expires, rootExpires, acceptStale, yes];

    /// <summary>True if the owner says that what the server shows is the latest, however old it is.</summary>
    public bool AcceptsStale(ParseResult parse) => parse.GetValue(acceptStale);

    /// <summary>How long targets roles are valid.</summary>
    /// <exception cref="Errors.TrustException"><see cref="Errors.TrustError.Usage"/></exception>
    public TimeSpan Lifetime(ParseResult parse) => Durations.ParseLifetime(parse.GetRequiredValue(expires), "--expires");

    /// <summary>How long root is valid.</summary>
    /// <exception cref="Errors.TrustException"><see cref="Errors.TrustError.Usage"/></exception>
    public TimeSpan RootLifetime(ParseResult parse) => Durations.ParseLifetime(parse.GetRequiredValue(rootExpires), "--root-expires");

    /// <summary>True if nothing is asked.</summary>
    public bool IsConfirmed(ParseResult parse) => parse.GetValue(yes);
}
