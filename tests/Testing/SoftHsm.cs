using System.Runtime.InteropServices;
using TrustService.Testing.Processes;

namespace TrustService.Testing;

/// <summary>SoftHSM with tokens of its own: a PKCS #11 module whose keys never leave it. Needs the packages softhsm2 and opensc.</summary>
public sealed class SoftHsm : IDisposable
{
    /// <summary>The PIN of every token.</summary>
    public const string Pin = "8231-token-pin";

    private readonly TestDirectory directory = new();

    /// <summary>Makes a directory without tokens.</summary>
    public SoftHsm()
    {
        Directory.CreateDirectory(directory["tokens"]);
        Configuration = directory.Write("softhsm2.conf", $"directories.tokendir = {directory["tokens"]}\nlog.level = ERROR\n");
    }

    /// <summary>Name of the variable with the path of <see cref="Configuration"/>.</summary>
    public static string Variable => "SOFTHSM2_CONF";

    /// <summary>The module.</summary>
    public static string Module { get; } = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("SoftHSM is not installed (apt-get install softhsm2).");

    /// <summary>Its settings.</summary>
    public string Configuration { get; }

    /// <summary>Lets modules that this process loads find the tokens. The C library has an environment of its own.</summary>
    public void EnterThisProcess() => _ = SetEnvironment(Variable, Configuration, 1);

    /// <summary>Makes a token.</summary>
    public void AddToken(string label) => Run("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", Pin, "--so-pin", "so-pin-of-tests");

    /// <summary>Makes a key in a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="label">Label of the key.</param>
    /// <param name="id">Its id, hex.</param>
    /// <param name="type">As pkcs11-tool names it.</param>
    /// <param name="others">More options of pkcs11-tool.</param>
    public void AddKey(string token, string label, string id, string type = "EC:prime256v1", params string[] others) =>
        Run("pkcs11-tool", ["--module", Module, "--token-label", token, "--login", "--pin", Pin, "--keypairgen", "--key-type", type, "--id", id, "--label", label, .. others]);

    /// <summary>Removes the public half of a key.</summary>
    public void RemovePublicKey(string token, string id) =>
        Run("pkcs11-tool", "--module", Module, "--token-label", token, "--login", "--pin", Pin, "--delete-object", "--type", "pubkey", "--id", id);

    /// <inheritdoc/>
    public void Dispose() => directory.Dispose();

    private void Run(string program, params string[] arguments) => Command.Run("env", [$"{Variable}={Configuration}", program, .. arguments]);

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(string name, string value, int overwrites);
}
