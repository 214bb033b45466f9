using TrustService.Errors;

namespace TrustService.Server.Hosting;

/// <summary>The command line as settings; the same settings come from the environment and from a file.</summary>
internal static class ServerCommandLine
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: TrustServer [options]
               TrustServer keys list|activate-standby [options]     (TrustServer keys list --help)
               TrustServer restore bump [options]                   (TrustServer restore bump --help)

        Serves signed metadata (TUF) of image repositories.

          --urls URL[;URL]       where to listen (default: http://127.0.0.1:4480, with TLS https://127.0.0.1:4443)
          --data DIR             directory of the server's own files (default: ./trust-data)
          --database CONNECTION  PostgreSQL, as "Host=db;Database=trust;Username=trust" (default: SQLite in DIR);
                                 a password belongs in TRUST_DATABASE, PGPASSWORD or PGPASSFILE, not on the command line
          --tls-cert FILE        certificate chain in PEM for https URLs
          --tls-key FILE         its private key in PEM
          --dev-tls              make a CA and a certificate for this machine in DIR/tls (CA: DIR/tls/ca.crt)
          --config FILE          settings as JSON: {"urls": "…", "Limits": {"MaxParts": 64}, "Signing": {…}}
          --insecure-no-auth     listen beyond this machine although anybody may then publish
          --insecure-http        listen beyond this machine without TLS, as behind a proxy that does TLS
          --version, -h, --help

        Every setting can be given as an environment variable too: TRUST_URLS, TRUST_DATA, TRUST_DATABASE, TRUST_TLS_CERT,
        TRUST_TLS_KEY, TRUST_DEV_TLS=true, TRUST_CONFIG, TRUST_Limits__MaxParts=64. The command line comes first, then the
        environment, then the file.

        Exit codes: 0 stopped when asked to, 1 failure, 2 the command line or a setting is wrong.
        """;

    private static readonly Dictionary<string, string> Valued = new(StringComparer.Ordinal)
    {
        ["--urls"] = SettingNames.Urls,
        ["--data"] = SettingNames.Data,
        ["--database"] = SettingNames.Database,
        ["--tls-cert"] = SettingNames.TlsCert,
        ["--tls-key"] = SettingNames.TlsKey,
        ["--config"] = SettingNames.Config,
    };

    private static readonly Dictionary<string, string> Switches = new(StringComparer.Ordinal)
    {
        ["--dev-tls"] = SettingNames.DevTls,
        ["--insecure-no-auth"] = SettingNames.InsecureNoAuth,
        ["--insecure-http"] = SettingNames.InsecureHttp,
        ["--help"] = SettingNames.Help,
        ["-h"] = SettingNames.Help,
        ["--version"] = SettingNames.Version,
    };

    /// <summary>Reads the arguments; both <c>--name value</c> and <c>--name=value</c> are understood.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static IReadOnlyDictionary<string, string?> Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i].IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (Valued.TryGetValue(name, out var setting))
            {
                if (equals < 0 && (++i == args.Count || args[i].StartsWith("--", StringComparison.Ordinal)))
                    throw Wrong($"{name} needs a value.");
                settings[setting] = equals < 0 ? args[i] : args[i][(equals + 1)..];
            }
            else if (equals < 0 && Switches.TryGetValue(name, out setting))
            {
                settings[setting] = "true";
            }
            else
            {
                throw Wrong(Switches.ContainsKey(name) ? $"{name} takes no value." : name.StartsWith('-') ? $"There is no option {name}." : $"\"{name}\" is not an option.");
            }
        }
        return settings;
    }

    /// <summary>What the host is told: <c>--dev-tls</c> means development, where a missing master key may be made.</summary>
    public static WebApplicationOptions HostOptions(IReadOnlyDictionary<string, string?> commandLine) => new()
    {
        ApplicationName = "TrustServer",
        EnvironmentName = commandLine.ContainsKey(SettingNames.DevTls) ? Environments.Development : Environments.Production,
    };

    private static TrustException Wrong(string message) => new(TrustError.Usage, message) { Hint = "TrustServer --help shows the options." };
}
