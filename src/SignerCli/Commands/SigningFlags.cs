using System.CommandLine;
using TrustService.Cli.Settings;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>The options of commands that sign.</summary>
internal sealed class SigningFlags
{
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
    private readonly Option<string[]> keys = new("--key", "-k") { HelpName = "KEY", Description = "Key to sign with: id, label, file, env://VARIABLE, pkcs11:… or exec:PROGRAM (default: found in the key store)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> roles = new("--role") { HelpName = "ROLE", Description = "Sign as this role (default: targets; in a Notary repository every delegated role whose key is here)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long the signatures of the repository are valid (default 365d)", DefaultValueFactory = _ => "365d" };

    /// <summary>Confirmation without a question.</summary>
    public Option Yes => yes;

    /// <summary>Keys, roles and the time that signatures last.</summary>
    public IEnumerable<Option> Others => [keys, roles, expires];

    /// <summary>What the command line says.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public SigningRequest Read(ParseResult parse) => new(
        parse.GetValue(keys) ?? [],
        [.. (parse.GetValue(roles) ?? []).Select(ReadRole)],
        Durations.Parse(parse.GetRequiredValue(expires), "--expires"),
        parse.GetValue(yes));

    private static RoleName ReadRole(string text) =>
        RoleName.TryParse(text, out var name) ? name : throw new TrustException(TrustError.Usage, $"--role \"{text}\" is not the name of a role.");
}
