using TrustService.Errors;
using TrustService.Http;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Http;

public sealed class BoundedContentTests
{
    [Fact]
    public Task ReadStreamAsync_UpToTheLimit_IsReadAndOneByteMoreIsNot() => Task.WhenAll(Enumerable.Range(0, 20).Select(async run =>
    {
        var size = run * 5000;
        using var fits = new MemoryStream(new byte[size]);
        Assert.Equal(size, (await BoundedContent.ReadStreamAsync(fits, size, CancellationToken.None)).Length);
        using var surplus = new MemoryStream(new byte[size + 100_000]);
        await Refusal.OfAsync(TrustError.TooLarge, () => BoundedContent.ReadStreamAsync(surplus, size, CancellationToken.None));
        Assert.Equal(size + 1, surplus.Position);
    }));

    [Fact]
    public async Task ReadAsync_AnnouncedLengthOverTheLimit_IsRefusedUnread()
    {
        using var stream = new MemoryStream(new byte[10]);
        using var content = new StreamContent(stream);
        content.Headers.ContentLength = 1000;

        await Refusal.OfAsync(TrustError.TooLarge, () => BoundedContent.ReadAsync(content, 999, CancellationToken.None));
        Assert.Equal(0, stream.Position);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public async Task Case34_AnnouncedLengthThatIsNotTrue_IsAnError(long announced)
    {
        using var content = new StreamContent(new MemoryStream(new byte[10]));
        content.Headers.ContentLength = announced;

        await Assert.ThrowsAsync<HttpIOException>(() => BoundedContent.ReadAsync(content, 100, CancellationToken.None));
    }
}
