using Microsoft.Extensions.Configuration;
using TrustService.Errors;
using TrustService.Server.Hosting;
using TrustService.Testing;

namespace TrustService.Server.Tests.Hosting;

/// <summary>What keeps the server from starting, as its exit code tells.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--urls", "ftp://127.0.0.1")]
    [InlineData("--urls", "http://trust.example.com:80")]
    [InlineData("--urls", ";")]
    [InlineData("--urls", "http://0.0.0.0:0")]
    [InlineData("--urls", "http://127.0.0.1:0;http://*:0")]
    [InlineData("--urls", "http://10.1.2.3:0", "--insecure-no-auth")]
    [InlineData("--urls", "http://10.1.2.3:0", "--insecure-http")]
    [InlineData("--urls", "https://127.0.0.1:0")]
    [InlineData("--urls", "http://127.0.0.1:0", "--dev-tls")]
    [InlineData("--tls-cert", "x.pem")]
    [InlineData("--tls-cert", "x.pem", "--tls-key", "x.pem", "--dev-tls")]
    public async Task Case60_WhatIsWrongOrInsecure_EndsWithTwo(params string[] args) =>
        Assert.Equal(2, await TrustServerApp.RunAsync(["--data", directory["data"], .. args]));

    [Theory]
    [InlineData("missing.pem", "missing.pem")]
    [InlineData("text.pem", "text.pem")]
    public async Task Case60_CertificateThatCannotBeRead_EndsTheStart(string cert, string key)
    {
        directory.Write("text.pem", "no certificate");

        Assert.Equal(1, await TrustServerApp.RunAsync(["--data", directory["data"], "--urls", "https://127.0.0.1:0", "--tls-cert", directory[cert], "--tls-key", directory[key]]));
    }

    [Theory]
    [InlineData("""{"Limits":{"MaxParts":0}}""")]
    [InlineData("""{"Limits":{"MaxPartz":1}}""")]
    [InlineData("""{"Nonsense":1}""")]
    [InlineData("""{"Signing":{"TimestampRenewAfterHours":"x"}}""")]
    [InlineData("""{"Signing":{"TimestampRenewAfterHours":336}}""")]
    [InlineData("{")]
    public async Task ConfigurationFile_WithAMistake_EndsWithTwo(string json) =>
        Assert.Equal(2, await TrustServerApp.RunAsync(["--data", directory["data"], "--urls", "http://127.0.0.1:0", "--config", directory.Write("config.json", json)]));

    [Theory]
    [InlineData("""{"Database":{"ConnectionString":tHost=db;Password=a-long-password}}""")]
    [InlineData("""{"Database":{"ConnectionString":"Host=db;Password=a-long-password""")]
    [InlineData("a-long-password")]
    [InlineData("null a-long-password")]
    public void ConfigurationFile_ThatIsNotJson_IsRefusedWithoutAnyOfIt(string text)
    {
        var refusal = Refusal.Of(TrustError.Usage, () => ConfigurationSetup.AddFile(new ConfigurationManager(), directory.Write("config.json", text)));

        Assert.DoesNotContain("a-long-password", refusal + refusal.Hint, StringComparison.Ordinal);
        Assert.Contains("line 1 of it is not JSON", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task HelpAndVersion_EndWithZero(string option) => Assert.Equal(0, await TrustServerApp.RunAsync([option]));
}
