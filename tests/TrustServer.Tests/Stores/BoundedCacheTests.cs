using TrustService.Server.Stores;

namespace TrustService.Server.Tests.Stores;

public sealed class BoundedCacheTests
{
    private const long Step = 1 << 24;

    [Fact]
    public void Set_MoreThanTheLimits_DropsWhatWasUsedLeastRecently()
    {
        var cache = new BoundedCache<string, int>(10, 1000, v => v);
        for (var i = 0; i < 10; i++)
            cache.Set($"{i}", 1, i * Step);
        Assert.True(cache.TryGet("0", 20 * Step, out _));
        Assert.True(cache.TryGet("1".AsSpan(), 20 * Step, out _));

        cache.Set("10", 1, 21 * Step);

        Assert.Equal(9, cache.Count);
        Assert.True(cache.TryGet("0", 22 * Step, out _));
        Assert.True(cache.TryGet("1", 22 * Step, out _));
        Assert.False(cache.TryGet("2", 22 * Step, out _));
        Assert.True(cache.TryGet("10", 22 * Step, out _));
    }

    [Fact]
    public void Set_Sizes_StayBelowTheLimit()
    {
        var cache = new BoundedCache<int, int>(int.MaxValue, 1000, v => v);
        for (var i = 0; i < 1000; i++)
        {
            cache.Set(i % 50, 90, i * Step);
            Assert.InRange(cache.Size, 90, 1000);
        }
        cache.Set(3, 1001, 2000 * Step);
        Assert.False(cache.TryGet(3, 2000 * Step, out _));
        for (var i = 0; i < 50; i++)
            cache.Remove(i);
        Assert.Equal((0, 0), (cache.Count, (int)cache.Size));
    }
}
