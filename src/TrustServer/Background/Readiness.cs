using TrustService.Errors;
using TrustService.Server.Stores;

namespace TrustService.Server.Background;

/// <summary>Knows whether the server can do its work.</summary>
internal sealed class Readiness(IMetadataStore store)
{
    /// <summary>Value of a check that passes.</summary>
    public const string Ok = "ok";

    private const string Waiting = "not done yet";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private volatile string schema = Waiting;
    private volatile string masterKey = Waiting;
    private volatile string highWaterMark = Waiting;
    private volatile string renewal = Waiting;

    /// <summary>True once the schema is up to date: before that the store cannot answer.</summary>
    public bool HasSchema => schema == Ok;

    /// <summary>True once everything at the start is done.</summary>
    public bool IsStarted => schema == Ok && masterKey == Ok && highWaterMark == Ok && renewal == Ok;

    /// <summary>True once the database was held against the high-water mark.</summary>
    public bool IsPastHighWaterMark { get; private set; }

    /// <summary>Says how the migrations went.</summary>
    public void SetSchema(string state) => schema = state;

    /// <summary>Says whether the master key is there.</summary>
    public void SetMasterKey(string state) => masterKey = state;

    /// <summary>Says whether the database has all that was published.</summary>
    public void SetHighWaterMark(string state)
    {
        highWaterMark = state;
        IsPastHighWaterMark |= state == Ok;
    }

    /// <summary>Says whether the renewal at start is done.</summary>
    public void SetRenewal(string state) => renewal = state;

    /// <summary>Every check by its name: <see cref="Ok"/>, or what is wrong.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CheckAsync(CancellationToken cancellationToken) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["store"] = await AskStoreAsync(cancellationToken),
        ["schema"] = schema,
        ["masterKey"] = masterKey,
        ["highWaterMark"] = highWaterMark,
        ["renewal"] = renewal,
    };

    private async Task<string> AskStoreAsync(CancellationToken cancellationToken)
    {
        if (!HasSchema)
            return Waiting;
        try
        {
            await store.PingAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            return Ok;
        }
        catch (TrustException)
        {
            return "the database does not answer";
        }
        catch (TimeoutException)
        {
            return $"the database did not answer within {Patience.TotalSeconds} s";
        }
    }
}
