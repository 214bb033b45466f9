namespace TrustService.Cli.Home;

/// <summary>Where this user's keys, settings, pinned roots and trusted metadata are.</summary>
/// <param name="Keys">Directory of private keys.</param>
/// <param name="Roots">Directory of the root files that this machine pins.</param>
/// <param name="Cache">Directory of the metadata that was trusted last; it protects from rollback, so it is state, not a cache that may be emptied.</param>
/// <param name="ConfigFile">The settings; it need not exist.</param>
/// <param name="DockerTrust">Private keys of Docker Content Trust.</param>
internal sealed record SignerHome(string Keys, string Roots, string Cache, string ConfigFile, string DockerTrust)
{
    /// <summary>Name of the environment variable that puts everything in one directory.</summary>
    public const string Variable = "SIGNER_HOME";

    /// <summary>Finds the places: the given directory, then <c>SIGNER_HOME</c>, then the XDG base directories.</summary>
    public static SignerHome Find(string? given, Func<string, string?> environment)
    {
        var docker = Path.Combine(NonEmpty(environment("DOCKER_CONFIG")) ?? Path.Combine(UserDirectory(environment), ".docker"), "trust", "private");
        if ((NonEmpty(given) ?? NonEmpty(environment(Variable))) is { } home)
        {
            var root = Path.GetFullPath(home);
            return new SignerHome(Path.Combine(root, "keys"), Path.Combine(root, "roots"), Path.Combine(root, "cache"), Path.Combine(root, "config.json"), docker);
        }
        var data = Xdg("XDG_DATA_HOME", ".local/share", environment);
        return new SignerHome(
            Path.Combine(data, "keys"),
            Path.Combine(data, "roots"),
            Path.Combine(Xdg("XDG_STATE_HOME", ".local/state", environment), "cache"),
            Path.Combine(Xdg("XDG_CONFIG_HOME", ".config", environment), "config.json"),
            docker);
    }

    // The specification says that a relative path in these variables is ignored.
    private static string Xdg(string variable, string fallback, Func<string, string?> environment) =>
        Path.Combine(NonEmpty(environment(variable)) is { } set && Path.IsPathRooted(set) ? set : Path.Combine(UserDirectory(environment), fallback), "signer");

    private static string UserDirectory(Func<string, string?> environment) =>
        NonEmpty(environment("HOME")) ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
