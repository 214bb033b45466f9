using TrustService.Cli.Home;

namespace TrustService.Cli.Tests.Home;

public sealed class SignerHomeTests
{
    [Fact]
    public void Find_NothingSet_FollowsTheXdgDefaults()
    {
        var home = Find(null, ("HOME", "/home/alice"));

        Assert.Equal("/home/alice/.local/share/signer/keys", home.Keys);
        Assert.Equal("/home/alice/.local/share/signer/roots", home.Roots);
        Assert.Equal("/home/alice/.local/state/signer/cache", home.Cache);
        Assert.Equal("/home/alice/.config/signer/config.json", home.ConfigFile);
        Assert.Equal("/home/alice/.docker/trust/private", home.DockerTrust);
    }

    [Fact]
    public void Find_XdgVariables_AreFollowedUnlessRelativeOrEmpty()
    {
        var home = Find(null, ("HOME", "/home/alice"), ("XDG_DATA_HOME", "/data"), ("XDG_STATE_HOME", "relative"), ("XDG_CONFIG_HOME", ""), ("DOCKER_CONFIG", "/docker"));

        Assert.Equal("/data/signer/keys", home.Keys);
        Assert.Equal("/home/alice/.local/state/signer/cache", home.Cache);
        Assert.Equal("/home/alice/.config/signer/config.json", home.ConfigFile);
        Assert.Equal("/docker/trust/private", home.DockerTrust);
    }

    [Fact]
    public void Find_OptionThenVariable_PutsEverythingInOneDirectory()
    {
        Assert.Equal("/one/keys", Find("/one", ("SIGNER_HOME", "/two")).Keys);
        var home = Find(null, ("SIGNER_HOME", "/two"), ("XDG_DATA_HOME", "/data"));
        Assert.Equal(("/two/keys", "/two/roots", "/two/cache", "/two/config.json"), (home.Keys, home.Roots, home.Cache, home.ConfigFile));
    }

    private static SignerHome Find(string? given, params (string Name, string Value)[] variables) =>
        SignerHome.Find(given, name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault());
}
