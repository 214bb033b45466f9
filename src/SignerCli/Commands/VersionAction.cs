using System.CommandLine;
using System.CommandLine.Invocation;

namespace TrustService.Cli.Commands;

/// <summary><c>signer --version</c>: the bare number, for scripts.</summary>
internal sealed class VersionAction(TextWriter output) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        output.WriteLine(VersionCommand.Number);
        return 0;
    }
}
