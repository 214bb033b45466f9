using System.Runtime.InteropServices;
using TrustService.Errors;

namespace TrustService.Cli.Home;

/// <summary>The system's cryptographic library. Without it the base library ends the process where it first hashes something.</summary>
internal static class OpenSsl
{
    // In the order in which the base library tries them.
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Requires the library, on systems that have no other.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void Require()
    {
        // Somebody who names another version to the base library knows what is there.
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE") is null)
            RequireOneOf(Names);
    }

    /// <summary>Requires one of several libraries.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void RequireOneOf(IReadOnlyList<string> names)
    {
        // The base library loads it in any case; until the process ends nothing is to be freed.
        if (!names.Any(name => NativeLibrary.TryLoad(name, out _)))
        {
            throw new TrustException(TrustError.LocalFile, $"OpenSSL is needed, and this system has neither {string.Join(" nor ", names)}.")
            {
                Hint = "Install it: apt-get install libssl3, dnf install openssl-libs, apk add libssl3",
            };
        }
    }
}
