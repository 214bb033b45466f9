using System.CommandLine;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer completion</c>: the script by which a shell completes command lines.</summary>
internal sealed class CompletionCommand : SignerCommand
{
    private readonly Argument<string> shell = new("shell") { HelpName = "bash|zsh|fish", Description = "The shell" };

    /// <summary>Makes the command.</summary>
    public CompletionCommand(CliHost host, GlobalOptions globals)
        : base("completion", "Print the script by which a shell completes command lines.", host, globals)
    {
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Arguments.Add(shell);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "source <(signer completion bash)",
        "signer completion zsh > \"${fpath[1]}/_signer\"",
        "signer completion fish > ~/.config/fish/completions/signer.fish",
    ];

    // The program itself says what fits (Suggestions): the scripts never grow old.
    private const string Bash = """
        _signer() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(signer "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _signer signer

        """;

    private const string Zsh = """
        #compdef signer
        _signer() {
            local -a found
            found=("${(@f)$(signer "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
        }
        if [[ "${funcstack[1]}" = "_signer" ]]; then _signer "$@"; else compdef _signer signer; fi

        """;

    private const string Fish = """
        complete -c signer -a '(signer "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'

        """;

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        context.Output.ResultText(context.Parse.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
        return Task.FromResult(Outcome.Verified);
    }
}
