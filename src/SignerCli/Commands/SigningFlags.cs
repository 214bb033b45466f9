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
    private readonly Option<string[]> roles = new("--role") { HelpName = "ROLE", Description = "Sign as this role (default: the delegated role whose key is here, else targets; in a Notary repository every such role)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long the signatures of the repository are valid (default 365d)", DefaultValueFactory = _ => "365d" };

    private readonly Option<bool> partial = new("--partial") { Description = "Sign with the keys that are here even if the role needs more; others add theirs with signer cosign" };
    private readonly Option<string?> pendingFile = new("--out") { HelpName = "FILE", Description = "With --partial: write the change to FILE instead of parking it on the trust server" };

    /// <summary>Confirmation without a question.</summary>
    public Option Yes => yes;

    /// <summary>Keys, roles and the time that signatures last.</summary>
    public IEnumerable<Option> Others => [keys, roles, expires, partial, pendingFile];

    /// <summary>What the command line says.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public SigningRequest Read(ParseResult parse)
    {
        var request = new SigningRequest(
            parse.GetValue(keys) ?? [],
            [.. (parse.GetValue(roles) ?? []).Select(ReadRole)],
            Durations.ParseLifetime(parse.GetRequiredValue(expires), "--expires"),
            parse.GetValue(yes))
        {
            IsPartial = parse.GetValue(partial),
            PendingFile = parse.GetValue(pendingFile),
        };
        return request.RequireConsistent();
    }

    private static RoleName ReadRole(string text) =>
        RoleName.TryParse(text, out var name) ? name : throw new TrustException(TrustError.Usage, $"--role \"{text}\" is not the name of a role.");
}
