using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>Asks a <c>docker-credential-NAME</c> program. Source: the credential helper protocol of Docker.</summary>
/// <param name="name">What follows <c>docker-credential-</c>.</param>
/// <param name="searchPath">Value of PATH; only absolute directories in it are searched.</param>
internal sealed partial class CredentialHelper(string name, string searchPath)
{
    /// <summary>What a helper prints, with a failing exit code, if it holds nothing for the registry.</summary>
    private const string NotFound = "credentials not found";

    /// <summary>Credentials for a server, or null if the helper has none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if the helper is missing or fails.</exception>
    public async Task<RegistryCredential?> GetAsync(string server, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RegistryLimits.HelperTimeout);
        using var process = Start();
        try
        {
            var answer = BoundedContent.ReadStreamAsync(process.StandardOutput.BaseStream, RegistryLimits.MaxHelperAnswerBytes, deadline.Token);
            await SendAsync(process, server, deadline.Token).ConfigureAwait(false);
            var bytes = await answer.ConfigureAwait(false);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return process.ExitCode == 0 ? Read(bytes) : RefuseUnlessNotFound(bytes, process.ExitCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"it gave no answer within {RegistryLimits.HelperTimeout.TotalSeconds:0} s");
        }
        catch (TrustException e) when (e.Error is TrustError.TooLarge or TrustError.MalformedJson)
        {
            throw Failed("its answer is too long or not JSON");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        // The standard error stays the caller's, because helpers talk to people there.
        var start = new ProcessStartInfo(Locate(), ["get"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Failed(e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Never the working directory, where a checked-out repository could place a program of this name.</summary>
    private string Locate()
    {
        if (!Name().IsMatch(name))
            throw new TrustException(TrustError.LocalFile, $"{Quoted.Text(name)} is not the name of a credential helper.");
        return searchPath.Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .Select(directory => Path.Combine(directory, "docker-credential-" + name))
            .FirstOrDefault(File.Exists) ?? throw Failed("it is not in any directory of PATH");
    }

    private static async Task SendAsync(Process process, string server, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(server.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A helper that ends without reading shows it in its exit code.
        }
    }

    private static RegistryCredential Read(byte[] bytes)
    {
        var json = StrictJson.Parse(bytes, JsonLimits.OfBytes(RegistryLimits.MaxHelperAnswerBytes));
        var username = Text(json, "Username");
        var secret = Text(json, "Secret");
        return username == "<token>" ? RegistryCredential.OfIdentityToken(secret) : RegistryCredential.OfPassword(username, secret);
    }

    private static string Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new TrustException(TrustError.MalformedJson, $"{member} is missing.");

    private RegistryCredential? RefuseUnlessNotFound(byte[] bytes, int exitCode)
    {
        var said = Encoding.UTF8.GetString(bytes).Trim();
        if (said.Contains(NotFound, StringComparison.OrdinalIgnoreCase))
            return null;
        // What looks like credentials is not shown, whatever the exit code.
        throw Failed($"it ended with exit code {exitCode}{(said.Length == 0 || said.Contains('{', StringComparison.Ordinal) ? "" : $" and said {Quoted.Text(said)}")}");
    }

    private TrustException Failed(string problem) =>
        new(TrustError.LocalFile, $"The credential helper docker-credential-{name} cannot be used: {problem}.")
        {
            Hint = "Install or repair it, or take it out of the file with registry credentials.",
        };

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
