using System.Text;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Registry;

namespace TrustService.Cli.Commands;

/// <summary>A login from the command line: <c>--username NAME --password-stdin</c>, which belong together.</summary>
internal static class GivenLogin
{
    private const int MaxPasswordBytes = 64 * 1024;

    /// <summary>Reads the login; null if none is given.</summary>
    /// <param name="host">Where standard input is.</param>
    /// <param name="user">The value of <c>--username</c>, or null.</param>
    /// <param name="fromStdin">True if <c>--password-stdin</c> is there.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if only one of the two is given.</exception>
    public static RegistryCredential? Read(CliHost host, string? user, bool fromStdin)
    {
        if (user is null && !fromStdin)
            return null;
        if (user is null || !fromStdin)
            throw new TrustException(TrustError.Usage, "--username and --password-stdin belong together.") { Hint = "Pipe the password in: … | signer … --username NAME --password-stdin" };
        var bytes = PrivateFiles.ReadAll(host.Input(), "The password on standard input", MaxPasswordBytes);
        var password = Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');
        Array.Clear(bytes);
        return RegistryCredential.OfPassword(user, password);
    }
}
