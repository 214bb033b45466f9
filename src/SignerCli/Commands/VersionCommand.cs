using System.Reflection;
using System.Runtime.InteropServices;
using TrustService.Errors;
using TrustService.Formats.Tuf;

namespace TrustService.Cli.Commands;

/// <summary><c>signer version</c>.</summary>
internal sealed class VersionCommand(CliHost host, GlobalOptions globals) : SignerCommand("version", "Print the version of this program.", host, globals)
{
    /// <summary>The version of this program.</summary>
    public static string Number { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        context.Output.Result($"signer {Number}  (TUF {TufFormat.SpecVersion}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("version", Number);
            writer.WriteString("tuf", TufFormat.SpecVersion);
            writer.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            writer.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
            writer.WriteEndObject();
        });
        return Task.FromResult(Outcome.Verified);
    }
}
