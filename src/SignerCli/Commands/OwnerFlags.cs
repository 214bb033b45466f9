using System.CommandLine;
using TrustService.Cli.Settings;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>The options of commands that the targets key signs, where <c>--key</c> is about others' keys.</summary>
internal sealed class OwnerFlags
{
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
    private readonly Option<string[]> keys = new("--sign-key") { HelpName = "KEY", Description = "Targets key to sign with: id, label, file or URI (default: found in the key store)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long what is signed is valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly Option<bool> partial = new("--partial") { Description = "Sign with the keys that are here even if targets needs more; others add theirs with signer cosign" };
    private readonly Option<string?> pendingFile = new("--out") { HelpName = "FILE", Description = "With --partial: write the change to FILE instead of parking it on the trust server" };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [yes, keys, expires, partial, pendingFile];

    /// <summary>What the command line says.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public SigningRequest Read(ParseResult parse)
    {
        var request = new SigningRequest(parse.GetValue(keys) ?? [], [], Durations.ParseLifetime(parse.GetRequiredValue(expires), "--expires"), parse.GetValue(yes))
        {
            IsPartial = parse.GetValue(partial),
            PendingFile = parse.GetValue(pendingFile),
        };
        return request.RequireConsistent();
    }
}
