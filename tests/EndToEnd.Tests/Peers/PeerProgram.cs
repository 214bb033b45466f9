using System.ComponentModel;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>A TUF client of another project, behind a script of <c>peers/</c>. All of them take the same arguments and print the same JSON.</summary>
/// <param name="Name">The project.</param>
/// <param name="Interpreter">The program that runs the script.</param>
/// <param name="Script">File name of the script.</param>
/// <param name="CaVariable">The environment variable that names the authority of the server's certificate.</param>
internal sealed record PeerProgram(string Name, string Interpreter, string Script, string CaVariable)
{
    private static readonly Lazy<Task<string?>> WhyNoPythonTuf = new(AskForPythonTufAsync);

    /// <summary>tuf-js, which npm has put beside the script.</summary>
    public static PeerProgram TufJs { get; } = new("tuf-js", "node", "tuf-js-client.mjs", "NODE_EXTRA_CA_CERTS");

    /// <summary>python-tuf, where <c>python3</c> finds its module <c>tuf</c>.</summary>
    public static PeerProgram PythonTuf { get; } = new("python-tuf", "python3", "python-tuf-client.py", "SSL_CERT_FILE");

    /// <summary>Why python-tuf cannot be asked on this machine; null if it can.</summary>
    public static Task<string?> WhyNoPythonTufAsync() => WhyNoPythonTuf.Value;

    private static async Task<string?> AskForPythonTufAsync()
    {
        try
        {
            var run = await ProgramRun.OfAsync(PythonTuf.Interpreter, ["-c", "import tuf.ngclient"], new Dictionary<string, string?>(), Path.GetTempPath());
            return run.ExitCode == 0 ? null : run.Messages.TrimEnd().Split('\n')[^1];
        }
        catch (Win32Exception noProgram)
        {
            return noProgram.Message;
        }
    }
}
