using System.Net;
using System.Net.Http.Headers;
using System.Text;
using TrustService.Errors;
using TrustService.Server.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>What an upload may look like, and how much it may be.</summary>
public sealed class UploadTests : HostileUpload
{
    [Fact]
    public async Task Upload_FileNameIsTheRoleAndTheFieldNameIsNot()
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(Owner.TargetsFile(2)), "root", "targets.json" } };

        Assert.Equal(2, (await Server.Client.PostAsync(Owner.MetadataPath, content).VersionsAsync())["targets"]);
    }

    [Fact]
    public async Task Upload_ThatIsNotMultipart_IsRefused()
    {
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");
        await Server.Client.PostAsync(Owner.MetadataPath, json).RefusedAsync(TrustError.MalformedRequest);
        await Server.Client.PostAsync(Owner.MetadataPath, null).RefusedAsync(TrustError.MalformedRequest);
        using var bare = new ByteArrayContent([1]);
        bare.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data");
        await Server.Client.PostAsync(Owner.MetadataPath, bare).RefusedAsync(TrustError.MalformedRequest);
        using var empty = new MultipartFormDataContent();
        await Server.Client.PostAsync(Owner.MetadataPath, empty).RefusedAsync(TrustError.MalformedRequest);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Upload_CutOff_IsRefused()
    {
        using var whole = new MultipartFormDataContent("cut") { { new ByteArrayContent(Owner.TargetsFile(2)), "files", "targets" } };
        var bytes = await whole.ReadAsByteArrayAsync();
        using var cut = new ByteArrayContent(bytes[..^20]);
        cut.Headers.ContentType = whole.Headers.ContentType;

        await Server.Client.PostAsync(Owner.MetadataPath, cut).RefusedAsync(TrustError.MalformedRequest);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Upload_TwoPartsForOneRoleOrOneWithoutName_IsRefused()
    {
        await RefusedAsync(TrustError.MalformedRequest, ("targets", Owner.TargetsFile(2)), ("targets.json", Owner.TargetsFile(2)));
        using var nameless = new MultipartFormDataContent { { new ByteArrayContent(Owner.TargetsFile(2)), "targets" } };
        await Server.Client.PostAsync(Owner.MetadataPath, nameless).RefusedAsync(TrustError.MalformedRequest);
        await UnmovedAsync();
    }

    // The library that reads the header takes such a part, and fails where its name is asked for.
    [Theory]
    [InlineData("filename*")]
    [InlineData("filename")]
    [InlineData("filename=targets; filename*")]
    [InlineData("filename*=utf-7''targets")]
    [InlineData("filename=\"=?utf-7?B?dGFyZ2V0cw==?=\"")]
    public async Task Upload_FileNameThatCannotBeRead_IsRefused(string parameter)
    {
        using var content = new ByteArrayContent([.. Encoding.ASCII.GetBytes($"--b\r\nContent-Disposition: form-data; name=files; {parameter}\r\n\r\n"), .. Owner.TargetsFile(2), .. "\r\n--b--\r\n"u8]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        await Server.Client.PostAsync(Owner.MetadataPath, content).RefusedAsync(TrustError.MalformedRequest);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Upload_ToARepositoryThatDoesNotExist_NeedsRootAndTargets()
    {
        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(2))).VersionsAsync();
        using var other = new Testing.RepositoryBuilder(Server.Clock, "registry.example.com/nobody");

        await other.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(2))).RefusedAsync(TrustError.RepositoryUnknown);
        await Server.Client.GetAsync($"{other.MetadataPath}/timestamp.json").RefusedAsync(TrustError.RepositoryUnknown);
    }

    [Fact]
    public async Task Upload_WhileTheServersClockLagsBehindTheTimestamp_IsRefused()
    {
        Server.Clock.Advance(TimeSpan.FromMinutes(-6));

        await RefusedAsync(TrustError.ClockWentBack, ("targets", Owner.TargetsFile(2)));
        await UnmovedAsync();
    }

    [Fact]
    public async Task Case38_HundredMebibytes_AreRefusedBeforeTheyAreRead()
    {
        var (status, body) = await RawHttp.SendAsync(Server.Client.BaseAddress!, $"POST {Owner.MetadataPath} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 104857600\r\n\r\n--b\r\n");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("too-large", body, StringComparison.Ordinal);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Case38_OneFileOverItsLimit_IsRefused() =>
        await RefusedAsync(TrustError.TooLarge, ("targets", new byte[(8 * 1024 * 1024) + 1]));

    [Fact]
    public async Task Case38_TenThousandRoles_AreRefused()
    {
        var answer = await Owner.PublishAsync(Server.Client, [.. Enumerable.Range(0, 10_000).Select(i => ($"role{i}", new byte[] { (byte)'{', (byte)'}' }))]);

        await Task.FromResult(answer).RefusedAsync(TrustError.TooLarge);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Case38_PartWithLongHeaders_IsRefused()
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(Owner.TargetsFile(2)), "files", new string('a', 10_000) } };

        await Server.Client.PostAsync(Owner.MetadataPath, content).RefusedAsync(TrustError.MalformedRequest);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Case38_SlowUpload_IsEnded()
    {
        // One byte in five seconds is less than any honest client sends.
        var (status, _) = await RawHttp.SendAsync(Server.Client.BaseAddress!, $"POST {Owner.MetadataPath} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n-");

        Assert.Equal(HttpStatusCode.RequestTimeout, status);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Case58_NoRouteSignsWhatACallerSends()
    {
        await RefusedAsync(TrustError.MalformedRequest, ("timestamp", Owner.TargetsFile(2)));
        await RefusedAsync(TrustError.WrongRoleType, ("targets", Owner.RootFile(2)));
        using var body = new StringContent("""{"signed":{"_type":"timestamp"}}""");
        using var key = await Server.Client.PostAsync($"/tuf/{Owner.Name}/keys/timestamp", body);
        var text = await key.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, key.StatusCode);
        Assert.DoesNotContain("sig\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("private", text, StringComparison.OrdinalIgnoreCase);
        using var put = await Server.Client.PutAsync($"{Owner.MetadataPath}/timestamp.json", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
        await UnmovedAsync();
    }

    [Fact]
    public async Task Refusals_AreInTheMetricsAndNotInTheHistory()
    {
        await RefusedAsync(TrustError.ThresholdNotMet, ("targets", Testing.RepositoryBuilder.Sign(Owner.Targets(2), Owner.NewKey())));

        Assert.Contains("trust_publishes_total{result=\"threshold-not-met\"} 1", await Server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(4, (await Server.Services.GetRequiredService<IRepositoryCatalog>().HistoryAsync(Owner.Name, null, null, 100, CancellationToken.None)).Count);
    }
}
