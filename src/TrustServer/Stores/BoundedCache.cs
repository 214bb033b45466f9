using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace TrustService.Server.Stores;

/// <summary>Keeps values in memory up to a number of entries and a sum of sizes; what was used least recently goes first.</summary>
/// <remarks>Reading takes no lock and allocates nothing.</remarks>
/// <param name="maxEntries">Entries at the most.</param>
/// <param name="maxSize">Sum of sizes at the most.</param>
/// <param name="sizeOf">Size of a value.</param>
internal sealed class BoundedCache<TKey, TValue>(int maxEntries, long maxSize, Func<TValue, long> sizeOf)
    where TKey : notnull
{
    /// <summary>How exactly the last use is known, in units of time stamps: some milliseconds.</summary>
    private const long UseStep = 1 << 23;

    private readonly ConcurrentDictionary<TKey, Slot> slots = typeof(TKey) == typeof(string)
        ? new ConcurrentDictionary<TKey, Slot>((IEqualityComparer<TKey>)StringComparer.Ordinal)
        : new ConcurrentDictionary<TKey, Slot>();

    private readonly Lock writing = new();
    private int count;
    private long size;

    /// <summary>Number of entries.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Sum of sizes.</summary>
    public long Size => Interlocked.Read(ref size);

    /// <summary>Finds a value and marks it as used at <paramref name="now"/>.</summary>
    public bool TryGet(TKey key, long now, [MaybeNullWhen(false)] out TValue value) =>
        Use(slots.TryGetValue(key, out var slot) ? slot : null, now, out value);

    /// <summary>Finds a value by another form of its key, as a span for a string.</summary>
    public bool TryGet<TAlternate>(TAlternate key, long now, [MaybeNullWhen(false)] out TValue value)
        where TAlternate : notnull, allows ref struct =>
        Use(slots.GetAlternateLookup<TAlternate>().TryGetValue(key, out var slot) ? slot : null, now, out value);

    /// <summary>Adds or replaces a value; one that is larger than the whole cache is not kept.</summary>
    public void Set(TKey key, TValue value, long now)
    {
        var slot = new Slot(value, sizeOf(value)) { LastUsed = now };
        lock (writing)
        {
            RemoveSlot(key);
            if (slot.Size > maxSize)
                return;
            slots[key] = slot;
            count++;
            size += slot.Size;
            if (count > maxEntries || size > maxSize)
                Evict();
        }
    }

    /// <summary>Removes a value if it is there.</summary>
    public void Remove(TKey key)
    {
        lock (writing)
            RemoveSlot(key);
    }

    private static bool Use(Slot? slot, long now, [MaybeNullWhen(false)] out TValue value)
    {
        if (slot is null)
        {
            value = default;
            return false;
        }
        // Written now and then only: many cores read one slot.
        if (now - slot.LastUsed > UseStep)
            slot.LastUsed = now;
        value = slot.Value;
        return true;
    }

    private void RemoveSlot(TKey key)
    {
        if (!slots.TryRemove(key, out var old))
            return;
        count--;
        size -= old.Size;
    }

    /// <summary>Makes room for a tenth of the limits at once, so that the search for the oldest is rare.</summary>
    private void Evict()
    {
        foreach (var (key, _) in slots.Select(s => (s.Key, s.Value.LastUsed)).OrderBy(s => s.LastUsed).ToList())
        {
            if (count <= maxEntries - (maxEntries / 10) && size <= maxSize - (maxSize / 10))
                return;
            RemoveSlot(key);
        }
    }

    private sealed class Slot(TValue value, long size)
    {
        private long lastUsed;

        public TValue Value { get; } = value;

        public long Size { get; } = size;

        public long LastUsed
        {
            get => Volatile.Read(ref lastUsed);
            set => Volatile.Write(ref lastUsed, value);
        }
    }
}
