using System.Collections.Concurrent;
using System.Reflection;
using TrustService.Server.Stores;

namespace TrustService.Server.Tests.Stores;

/// <summary>Passes every call on to a real store, and counts them by method.</summary>
public class CountingStore : DispatchProxy
{
    private readonly ConcurrentDictionary<string, int> calls = new();
    private IMetadataStore store = null!;

    /// <summary>Puts a counter in front of <paramref name="store"/>.</summary>
    internal static (IMetadataStore Store, CountingStore Counter) Before(IMetadataStore store)
    {
        var proxy = Create<IMetadataStore, CountingStore>();
        var counter = (CountingStore)(object)proxy;
        counter.store = store;
        return (proxy, counter);
    }

    /// <summary>Calls of a method so far.</summary>
    public int Calls(string method) => calls.GetValueOrDefault(method);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        calls.AddOrUpdate(targetMethod!.Name, 1, (_, n) => n + 1);
        return targetMethod.Invoke(store, args);
    }
}
