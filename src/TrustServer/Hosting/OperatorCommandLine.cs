using System.Globalization;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Server.Hosting;

/// <summary>What an operator asks of the server's data from the command line, and the settings of the server that come with it.</summary>
/// <param name="Verb">The command, such as <c>keys list</c>.</param>
/// <param name="Settings">The arguments that are the server's own.</param>
/// <param name="Key">File of the private standby key, or null.</param>
/// <param name="PassphraseFile">File whose first line is its passphrase, or null.</param>
/// <param name="Repository">The one repository that is meant, or null for all.</param>
/// <param name="By">How many versions to leave out, or null.</param>
internal sealed record OperatorCommandLine(string Verb, string[] Settings, string? Key, string? PassphraseFile, RepositoryName? Repository, long? By)
{
    /// <summary>Lists online keys.</summary>
    public const string KeysList = "keys list";

    /// <summary>Puts the standby key into force.</summary>
    public const string ActivateStandby = "keys activate-standby";

    /// <summary>Raises versions above what was published before a backup was restored.</summary>
    public const string RestoreBump = "restore bump";

    /// <summary>What <c>--help</c> prints of a command.</summary>
    public const string Help = """
        Usage: TrustServer keys list [--repository NAME]
               TrustServer keys activate-standby --key FILE [--passphrase-file FILE] [--repository NAME]
               TrustServer restore bump [--by VERSIONS] [--repository NAME]

        These work on the server's database, whether servers run or not. They take the settings of the server: --data, --database, --config and
        its environment, so that they find the same database and the same master key.

          keys list              the keys of snapshot and timestamp of every repository: active, pending (waits for a root), retired
          keys activate-standby  an online key was stolen or lost: the standby key from the safe signs snapshot and timestamp of every repository
                                 whose root lists it, at once; the server's own keys are retired. No root is touched. Doing it again is harmless
          restore bump           a backup was restored: snapshot and timestamp of every repository get versions above all that were published
                                 before, so that clients go on

          --key FILE             the private half of the standby key, in PEM, readable by its owner alone
          --passphrase-file FILE its first line is the key's passphrase (default: TRUST_STANDBY_PASSPHRASE)
          --repository NAME      this repository alone
          --by VERSIONS          how many versions to leave out, where no high-water mark tells

        Exit codes: 0 done, 1 done in part, or a failure; 2 the command line or a setting is wrong.
        """;

    private static readonly string[] Verbs = [KeysList, ActivateStandby, RestoreBump];

    /// <summary>Reads the arguments; null if they are those of the server itself.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static OperatorCommandLine? TryParse(string[] args)
    {
        if (args is [] || args[0].StartsWith('-'))
            return null;
        var verb = string.Join(' ', args.Take(2));
        if (!Verbs.Contains(verb, StringComparer.Ordinal))
            throw Wrong($"\"{verb}\" is no command; {string.Join(", ", Verbs)} are.");
        var (settings, own) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 2; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            if (!Takes(verb, name))
                settings.Add(args[i]);
            else if ((value ?? (i + 1 < args.Length ? args[++i] : null)) is { } given)
                own[name] = given;
            else
                throw Wrong($"{name} needs a value.");
        }
        if (verb == ActivateStandby && !own.ContainsKey("--key") && !settings.Contains("--help") && !settings.Contains("-h"))
            throw Wrong("The private half of the standby key is needed: --key FILE.");
        return new OperatorCommandLine(
            verb, [.. settings], own.GetValueOrDefault("--key"), own.GetValueOrDefault("--passphrase-file"),
            own.TryGetValue("--repository", out var repository) ? RepositoryName.Parse(repository) : null,
            own.TryGetValue("--by", out var by) ? ParseBy(by) : null);
    }

    private static bool Takes(string verb, string name) => name switch
    {
        "--repository" => true,
        "--key" or "--passphrase-file" => verb == ActivateStandby,
        "--by" => verb == RestoreBump,
        _ => false,
    };

    private static long ParseBy(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var by) && by is > 0 and <= uint.MaxValue ? by : throw Wrong($"--by is \"{text}\"; a number of versions from 1 to {uint.MaxValue} is needed.");

    private static TrustException Wrong(string message) => new(TrustError.Usage, message) { Hint = "TrustServer keys --help shows the commands." };
}
