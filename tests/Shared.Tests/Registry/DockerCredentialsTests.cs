using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;
using TrustService.Testing.Processes;

namespace TrustService.Shared.Tests.Registry;

public sealed class DockerCredentialsTests : IDisposable
{
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task FindAsync_SeveralFiles_AreAskedInTheOrderThatUsersExpect()
    {
        var variables = new Dictionary<string, string>
        {
            ["REGISTRY_AUTH_FILE"] = WriteAuth("given.json", "first"),
            ["XDG_RUNTIME_DIR"] = Path.GetDirectoryName(Path.GetDirectoryName(WriteAuth("run/containers/auth.json", "second")))!,
            ["DOCKER_CONFIG"] = Path.GetDirectoryName(WriteAuth("docker/config.json", "third"))!,
            ["HOME"] = Path.GetDirectoryName(Path.GetDirectoryName(WriteAuth("home/.docker/config.json", "fourth")))!,
        };

        foreach (var (variable, user) in new[] { ("REGISTRY_AUTH_FILE", "first"), ("XDG_RUNTIME_DIR", "second"), ("DOCKER_CONFIG", "third"), ("HOME", "fourth") })
        {
            Assert.Equal(user, (await FindAsync())?.Username);
            variables.Remove(variable);
        }
        Assert.Null(await FindAsync());

        Task<RegistryCredential?> FindAsync() =>
            DockerCredentials.FromEnvironment(name => variables.GetValueOrDefault(name)).FindAsync(Repository, CancellationToken.None);
    }

    [Fact]
    public async Task FindAsync_FileWithoutTheRegistry_IsPassedOver()
    {
        var first = _directory.Write("first.json", """{"auths":{"other.example.com":{"username":"x","password":"y"}}}""");
        var missing = _directory["missing.json"];
        Assert.Equal("second", (await FindAsync([missing, first, WriteAuth("second.json", "second")]))!.Username);
    }

    [Theory]
    [InlineData("""{"credHelpers":{"registry.example.com":"test"}}""")]
    [InlineData("""{"credsStore":"test"}""")]
    public async Task FindAsync_Helper_IsAskedForTheHost(string config)
    {
        WriteHelper("test", """read -r host; printf '{"ServerURL":"%s","Username":"u-%s","Secret":"s"}' "$host" "$host" """);

        var credential = await FindAsync([_directory.Write("config.json", config)]);

        Assert.Equal("u-registry.example.com", credential!.Username);
        Assert.Equal("s", credential.Password);
    }

    [Fact]
    public async Task FindAsync_HelperWithToken_GivesAnIdentityToken()
    {
        WriteHelper("test", """echo '{"Username":"<token>","Secret":"refresh"}'""");
        Assert.Equal("refresh", (await FindHelpedAsync("test"))!.IdentityToken);
    }

    [Fact]
    public async Task FindAsync_HelperThatHasNothing_IsNotAnError()
    {
        WriteHelper("test", "echo 'credentials not found in native keychain'; exit 1");
        Assert.Null(await FindHelpedAsync("test"));
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("echo 'keychain locked'; exit 1", "exit code 1 and said 'keychain locked'.")]
    [InlineData("echo '{\"Username\":\"me\",\"Secret\":\"s3cr3t\"}'; exit 4", "exit code 4.")]
    [InlineData("echo s3cr3t", "not JSON")]
    [InlineData("echo '{\"Username\":\"s3cr3t\"}'", "not JSON")]
    [InlineData("exec yes s3cr3t", "too long")]
    public async Task FindAsync_HelperThatFails_IsRefusedWithoutShowingItsAnswer(string script, string reason)
    {
        WriteHelper("test", script);

        var refusal = await Refusal.OfAsync(TrustError.LocalFile, () => FindHelpedAsync("test"));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../test")]
    [InlineData("test; touch x")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("missing")]
    public async Task FindAsync_HelperWithHostileOrUnknownName_IsNotRun(string name) =>
        await Refusal.OfAsync(TrustError.LocalFile, () => FindAsync([_directory.Write("config.json", $$$"""{"credHelpers":{"registry.example.com":"{{{name}}}"}}""")]));

    [Fact]
    public async Task FindAsync_HelperInTheWorkingDirectory_IsNotRun()
    {
        WriteHelper("test", """echo '{"Username":"stolen","Secret":"s"}'""");
        var config = _directory.Write("config.json", """{"credsStore":"test"}""");
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, _directory["bin"]);

        foreach (var searchPath in new[] { "", ".", relative })
            await Refusal.OfAsync(TrustError.LocalFile, () => new DockerCredentials([config], searchPath).FindAsync(Repository, CancellationToken.None));
    }

    [Fact]
    public async Task Case64_GivenCredentials_AreForTheirRegistryOnly()
    {
        var credentials = new GivenCredentials("registry.example.com", RegistryCredential.OfPassword("u", "p"), null);

        Assert.NotNull(await credentials.FindAsync(Repository, CancellationToken.None));
        Assert.Null(await credentials.FindAsync(RepositoryName.Parse("registry.example.com:5000/team/app"), CancellationToken.None));
        Assert.Null(await credentials.FindAsync(RepositoryName.Parse("alpine"), CancellationToken.None));
    }

    [Fact]
    public void Credential_AsText_ShowsNoSecret() =>
        Assert.DoesNotContain("hunter2", RegistryCredential.OfPassword("u", "hunter2").ToString(), StringComparison.Ordinal);

    private string WriteAuth(string name, string user) =>
        _directory.Write(name, $$$$"""{"auths":{"registry.example.com":{"username":"{{{{user}}}}","password":"p"}}}""");

    private void WriteHelper(string name, string script)
    {
        var path = _directory.Write($"bin/docker-credential-{name}", $"#!/bin/sh\n[ \"$1\" = get ] || exit 9\n{script}\n");
        Command.Run("chmod", "700", path);
    }

    private Task<RegistryCredential?> FindHelpedAsync(string helper) => FindAsync([_directory.Write("config.json", $$"""{"credsStore":"{{helper}}"}""")]);

    private Task<RegistryCredential?> FindAsync(string[] files) =>
        new DockerCredentials([.. files], $"{_directory["bin"]}:/usr/bin:/bin").FindAsync(Repository, CancellationToken.None);
}
