using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;
using TrustService.Server.Options;
using TrustService.Server.Stores;

namespace TrustService.Server.OnlineKeys;

/// <summary>Online keys in the database, sealed under the master key.</summary>
internal sealed class SealedOnlineKeys(TrustDatabase database, MasterKey master, LimitOptions limits, TimeProvider time) : IOnlineKeys
{
    /// <summary>Opened keys that are kept in memory: reading one takes longer than signing with it.</summary>
    public const int MaxOpened = 4096;

    /// <summary>How long an opened key is used before the database is asked again whether it is there.</summary>
    public static readonly TimeSpan OpenedLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long a key waits for its repository before it may make room for others.</summary>
    public static readonly TimeSpan PendingLifetime = TimeSpan.FromDays(7);

    private readonly KeySealer sealer = new(master);
    private readonly BoundedCache<OpenedKey, (IExportableKey Key, long OpenedAt)> opened = new(MaxOpened, long.MaxValue, _ => 0);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OnlineKey>> ListAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        [.. (await ReadRowsAsync(repository, role, cancellationToken)).Select(ToKey)];

    /// <inheritdoc/>
    public async Task<OnlineKey?> FindActiveAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        (await ListAsync(repository, role, cancellationToken)).FirstOrDefault(k => k.State == OnlineKeyState.Active);

    /// <inheritdoc/>
    public async Task<OnlineKey> GetOrCreatePendingAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        var waiting = await FindPendingAsync(repository, role, cancellationToken);
        if (waiting is not null && sealer.IsOwn(waiting.SealedPrivate))
            return ToKey(waiting);
        using var place = await database.Writers.EnterAsync(StoreLock.Of(repository), cancellationToken);
        await MakeRoomAsync(cancellationToken);
        // Nobody could sign with a key whose master key is lost: it makes room for one that opens.
        await InsertAsync(repository, role, waiting?.Fingerprint, cancellationToken);
        // Another server may have been first: the unique index left its key, and dropped this one.
        return await FindPendingAsync(repository, role, cancellationToken) is { } row
            ? ToKey(row)
            : throw new TrustException(TrustError.PublishConflict, $"The online key of {role} of {repository} was published or deleted meanwhile.") { Hint = "Ask again." };
    }

    /// <inheritdoc/>
    public async Task<ISigningKey?> FindSignerAsync(RepositoryName repository, RoleName role, IReadOnlyCollection<string> fingerprints, string? lastSigner, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (lastSigner is not null && fingerprints.Contains(lastSigner)
            && opened.TryGet(new OpenedKey(repository.Value, role.Value, lastSigner), now, out var found) && time.GetElapsedTime(found.OpenedAt, now) < OpenedLifetime)
            return found.Key;
        TrustException? refusal = null;
        foreach (var row in (await ReadRowsAsync(repository, role, cancellationToken)).Where(k => fingerprints.Contains(k.Fingerprint) && OnlineKeyText.ToState(k.State) != OnlineKeyState.Retired))
        {
            try
            {
                var key = Open(repository, role, row);
                opened.Set(new OpenedKey(repository.Value, role.Value, row.Fingerprint), (key, now), now);
                return key;
            }
            catch (TrustException e) when (e.Error == TrustError.OnlineKeyUnavailable)
            {
                // Another key that the root lists may do.
                refusal ??= e;
            }
        }
        return refusal is null ? null : throw refusal;
    }

    /// <inheritdoc/>
    public ActivatedKey Seal(RepositoryName repository, RoleName role, IExportableKey key)
    {
        var fingerprint = FingerprintOf(key);
        var pkcs8 = key.ExportPkcs8();
        try
        {
            return new ActivatedKey(role, fingerprint, OnlineKeyText.Of(key.Scheme), key.Material, sealer.Seal(repository, role, fingerprint, pkcs8));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static OnlineKey ToKey(OnlineKeyRow row) => new()
    {
        Fingerprint = row.Fingerprint,
        Scheme = OnlineKeyText.ToScheme(row.Scheme),
        Material = row.Material,
        CreatedAt = row.CreatedAt,
        State = OnlineKeyText.ToState(row.State),
    };

    private async Task<OnlineKeyRow?> FindPendingAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        (await ReadRowsAsync(repository, role, cancellationToken)).FirstOrDefault(k => OnlineKeyText.ToState(k.State) == OnlineKeyState.Pending);

    private Task<List<OnlineKeyRow>> ReadRowsAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        role != RoleName.Snapshot && role != RoleName.Timestamp
            ? throw new ArgumentException($"{role} has no online key.", nameof(role))
            : database.QueryAsync(
                (c, token) => c.OnlineKeys.Where(k => k.Repository == repository.Value && k.Role == role.Value).OrderByDescending(k => k.Id).ToListAsync(token),
                cancellationToken);

    /// <summary>Anyone who may ask for a key can name any repository; that must not fill the database.</summary>
    private async Task MakeRoomAsync(CancellationToken cancellationToken)
    {
        var tooOld = time.GetUtcNow() - PendingLifetime;
        var count = await database.QueryAsync(
            async (c, token) =>
            {
                var homeless = c.OnlineKeys.Where(k => k.State == "pending" && !c.Repositories.Any(r => r.Name == k.Repository));
                var waiting = await homeless.CountAsync(token);
                return waiting < limits.MaxPendingOnlineKeys ? waiting : waiting - await homeless.Where(k => k.CreatedAt < tooOld).ExecuteDeleteAsync(token);
            },
            cancellationToken);
        if (count >= limits.MaxPendingOnlineKeys)
            throw new TrustException(TrustError.RateLimited, $"{count} online keys wait for repositories that nobody has published; {limits.MaxPendingOnlineKeys} are allowed.")
            {
                Hint = "Try again later. An operator can raise Limits:MaxPendingOnlineKeys.",
            };
    }

    private async Task InsertAsync(RepositoryName repository, RoleName role, string? replaced, CancellationToken cancellationToken)
    {
        using var key = SigningKeys.Generate(SigningKeys.DefaultScheme);
        var made = Seal(repository, role, key);
        await database.TranslateAsync(
            async () =>
            {
                await using var connection = await database.OpenAsync(cancellationToken);
                await using var command = new SqlBatch(connection, transaction: null)
                    .Add(
                        "DELETE FROM online_keys WHERE repository = @repository AND role = @role AND fingerprint = @replaced AND state = 'pending';",
                        ("replaced", replaced ?? ""))
                    .Add(
                    "INSERT INTO online_keys (repository, role, fingerprint, scheme, material, sealed_private, created_at, state) " +
                    "VALUES (@repository, @role, @fingerprint, @scheme, @material, @sealed, @now, 'pending') ON CONFLICT DO NOTHING;",
                    ("repository", repository.Value), ("role", role.Value), ("fingerprint", made.Fingerprint), ("scheme", made.Scheme),
                    ("material", made.Material.ToArray()), ("sealed", made.Sealed.ToArray()), ("now", database.Dialect.ToParameter(StoreClock.Now(time)))).Command;
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken);
    }

    private IExportableKey Open(RepositoryName repository, RoleName role, OnlineKeyRow row)
    {
        var pkcs8 = sealer.Open(repository, role, row.Fingerprint, row.SealedPrivate);
        try
        {
            var key = SigningKeys.ImportPkcs8(pkcs8);
            return FingerprintOf(key) == row.Fingerprint ? key : throw KeySealer.Refusal(repository, role, "is not the key that its fingerprint says");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static string FingerprintOf(IExportableKey key) => Hex.Encode(SHA256.HashData(key.Material.Span));

    private readonly record struct OpenedKey(string Repository, string Role, string Fingerprint);
}
