using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

public sealed class InitTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;
    private SigningWorld world = null!;

    public async Task InitializeAsync() => world = await SigningWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Init_NewRepository_PrintsTheFingerprintOfWhatRootExportPrints()
    {
        var run = await world.Owner.RunAsync("init", Repository, "-o", "json");
        var exported = await world.Owner.RunAsync("root", "export", Repository);
        var fingerprint = await world.Owner.RunAsync("root", "export", "--fingerprint", Repository);

        Assert.Equal(0, run.ExitCode);
        var rootKey = Path.GetFileNameWithoutExtension(Directory.GetFiles(world.Owner.Keys, "root-*.pem").Single())["root-".Length..];
        Assert.Contains($"signer key backup {rootKey} --out FILE", run.Messages, StringComparison.Ordinal);
        Assert.Equal("initialized", run.Json.GetProperty("outcome").GetString());
        var expected = $"root:1:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(exported.Results)))}";
        Assert.Equal(expected, run.Json.GetProperty("fingerprint").GetString());
        Assert.Equal(expected, fingerprint.Results.Trim());
        Assert.Equal(2, Directory.GetFiles(world.Owner.Keys, "*.pem").Length);
        Assert.Equal(FixedTime.Start.AddDays(3650), run.Json.GetProperty("metadata").GetProperty("root").GetProperty("expires").GetDateTimeOffset());
    }

    // The server would refuse it after keys were made.
    [Theory]
    [InlineData("--expires")]
    [InlineData("--root-expires")]
    public async Task Init_LongerThanServersTake_IsRefusedBeforeKeysAreMade(string option)
    {
        var run = await world.Owner.RunAsync("init", Repository, option, "20y", "-o", "json");

        Assert.Equal("usage", run.ErrorCode);
        Assert.Contains("at most 3660d", run.Messages, StringComparison.Ordinal);
        Assert.Equal(0, (await world.Owner.RunAsync("key", "list", "-o", "json")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Init_Again_ChangesNothingHere_AndIsRefusedElsewhere()
    {
        var first = await world.Owner.RunAsync("init", Repository);
        var again = await world.Owner.RunAsync("init", Repository, "-o", "json");
        var stranger = world.NewMachine();
        var elsewhere = await stranger.RunAsync("init", Repository, "-o", "json");

        Assert.Equal("unchanged", again.Json.GetProperty("outcome").GetString());
        Assert.Equal(first.Results.Trim(), again.Json.GetProperty("fingerprint").GetString());
        Assert.Equal("repository-exists", elsewhere.ErrorCode);
        Assert.False(Directory.Exists(stranger.Keys));
    }

    [Fact]
    public async Task Init_PinLost_IsFoundAgainByTheRootKey()
    {
        var first = await world.Owner.RunAsync("init", Repository);
        Directory.Delete(Path.Combine(world.Owner.Home, "roots"), recursive: true);

        var again = await world.Owner.RunAsync("init", Repository);
        var signed = await world.SignAsync("1.0");

        Assert.Equal(first.Results, again.Results);
        Assert.Equal(0, signed.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Init_AnswerLost_SendsTheSameAgain(bool reachesTheServer)
    {
        var failing = true;
        using var http = new HttpClient();
        await using var between = await HostileServer.StartAsync(async context =>
        {
            if (failing && !reachesTheServer && context.Request.Path.Value!.EndsWith("/metadata", StringComparison.Ordinal))
            {
                context.Abort();
                return;
            }
            using var answer = await SendOnAsync(http, context);
            if (failing && context.Request.Path.Value!.EndsWith("/metadata", StringComparison.Ordinal))
            {
                context.Abort();
                return;
            }
            await AnswerAsync(context, answer);
        });
        world.Owner.Environment["SIGNER_SERVER"] = between.Address.ToString();

        var lost = await world.Owner.RunAsync("init", Repository, "-o", "json");
        var keys = Directory.GetFiles(world.Owner.Keys).Order().ToList();
        failing = false;
        var again = await world.Owner.RunAsync("init", Repository, "-o", "json");

        Assert.Equal("server-unreachable", lost.ErrorCode);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(reachesTheServer ? "unchanged" : "initialized", again.Json.GetProperty("outcome").GetString());
        Assert.Equal(keys, Directory.GetFiles(world.Owner.Keys).Order());
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(world.Owner.Home, "roots")), file => file.Contains("draft", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Init_AnotherIsFirstAtTheSameMoment_SaysSoAndNotesNothing()
    {
        using var http = new HttpClient();
        var other = world.NewMachine();
        other.Environment["SIGNER_ROOT_PASSPHRASE"] = other.Environment["SIGNER_TARGETS_PASSPHRASE"] = "theirs";
        await using var between = await HostileServer.StartAsync(async context =>
        {
            if (context.Request.Method == "POST" && context.Request.Path.Value!.EndsWith("/metadata", StringComparison.Ordinal))
                Assert.Equal(0, (await other.RunAsync("init", Repository)).ExitCode);
            using var answer = await SendOnAsync(http, context);
            await AnswerAsync(context, answer);
        });
        world.Owner.Environment["SIGNER_SERVER"] = between.Address.ToString();

        var lost = await world.Owner.RunAsync("init", Repository, "-o", "json");
        var keys = await world.Owner.RunAsync("key", "list", "-o", "json");
        var renew = await world.Owner.RunAsync("renew", "--all-mine", "-y");

        Assert.Equal("repository-exists", lost.ErrorCode);
        Assert.Contains("Somebody else has begun", lost.Messages, StringComparison.Ordinal);
        Assert.Equal(2, keys.Json.GetArrayLength());
        Assert.All(keys.Json.EnumerateArray(), key => Assert.Equal(0, key.GetProperty("repositories").GetArrayLength()));
        Assert.True(renew.ExitCode == 0, renew.Messages);
    }

    [Fact]
    public async Task Init_GivenKeys_UsesThemForSeveralRepositories()
    {
        await world.Owner.RunAsync("key", "generate", "vault", "--role", "root", "--type", "ed25519");

        var one = await world.Owner.RunAsync("init", Repository, "--root-key", "vault");
        var two = await world.Owner.RunAsync("init", "registry.example.com/team/other", "--root-key", "vault");
        var keys = await world.Owner.RunAsync("key", "list", "-o", "json");

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        Assert.Equal(3, keys.Json.GetArrayLength());
        var vault = keys.Json.EnumerateArray().Single(key => key.TryGetProperty("label", out var label) && label.GetString() == "vault");
        Assert.Equal(2, vault.GetProperty("repositories").GetArrayLength());
    }

    [Fact]
    public async Task Init_NoPassphraseAndNoTerminal_PublishesNothing()
    {
        world.Owner.Environment.Remove("SIGNER_TARGETS_PASSPHRASE");

        var refused = await world.Owner.RunAsync("init", Repository, "-o", "json");
        world.Owner.Environment["SIGNER_TARGETS_PASSPHRASE"] = "now";
        var again = await world.Owner.RunAsync("init", Repository, "-o", "json");

        Assert.Equal("passphrase-needed", refused.ErrorCode);
        Assert.Equal("initialized", again.Json.GetProperty("outcome").GetString());
        // The root key of the first attempt is used, not lost.
        Assert.Single(Directory.GetFiles(world.Owner.Keys, "root-*.pem"));
    }

    private async Task<HttpResponseMessage> SendOnAsync(HttpClient http, HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), world.Server.Url + context.Request.Path);
        if (context.Request.ContentLength is > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
            request.Content.Headers.ContentLength = context.Request.ContentLength;
        }
        return await http.SendAsync(request);
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }
}
