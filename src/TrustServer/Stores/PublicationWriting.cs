using System.Data.Common;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>Writes one publication inside an open transaction.</summary>
internal sealed class PublicationWriting(SqlDialect dialect, DbConnection connection, DbTransaction transaction, Publication publication, DateTimeOffset now)
{
    /// <summary>Files that go to the database in one request.</summary>
    private const int MaxFilesInRequest = 64;

    private const string Heads =
        "root_version = @root_version, root_expires = @root_expires, timestamp_version = @timestamp_version, timestamp_expires = @timestamp_expires, " +
        "snapshot_version = @snapshot_version, snapshot_expires = @snapshot_expires, targets_version = @targets_version, targets_expires = @targets_expires";

    /// <summary>The position of the change in the feed, once it is written.</summary>
    public long Position { get; private set; }

    /// <summary>The file as it lies in the store.</summary>
    public StoredFile ToStored(long repositoryId, NewFile file) => new()
    {
        RepositoryId = repositoryId,
        Role = file.Role,
        Version = file.Version,
        Sha256 = file.Sha256,
        Expires = file.Expires,
        CreatedAt = now,
        Data = file.Data,
    };

    /// <summary>Adds a repository that was never published to.</summary>
    public async Task<RepositoryRecord> InsertRepositoryAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        var draft = new RepositoryRecord
        {
            Id = 0,
            Name = name,
            Format = publication.Format,
            CreatedAt = now,
            UpdatedAt = now,
            Root = First(RoleName.Root),
            Timestamp = First(RoleName.Timestamp),
            Snapshot = First(RoleName.Snapshot),
            Targets = First(RoleName.Targets),
        };
        var insert = new SqlBatch(connection, transaction).Add(
            "INSERT INTO repositories (name, format, created_at, updated_at, root_version, root_expires, timestamp_version, timestamp_expires, snapshot_version, snapshot_expires, targets_version, targets_expires) " +
            "VALUES (@name, @format, @now, @now, @root_version, @root_expires, @timestamp_version, @timestamp_expires, @snapshot_version, @snapshot_expires, @targets_version, @targets_expires) RETURNING id;",
            [("name", name.Value), ("format", publication.Format), ("now", dialect.ToParameter(now)), .. HeadParameters(draft)]);
        await using var command = insert.Command;
        var record = draft with { Id = (long)(await command.ExecuteScalarAsync(cancellationToken))! };
        await InsertManyAsync(record.Id, cancellationToken);
        await using var rest = AddRest(new SqlBatch(connection, transaction).Add("", ("id", record.Id), ("now", dialect.ToParameter(now))), name).Command;
        await using var reader = await rest.ExecuteReaderAsync(cancellationToken);
        await ReadPositionAsync(reader, cancellationToken);
        return record;
    }

    // The change comes last. Failures of the statements before it surface on the way.
    private async Task ReadPositionAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        do
        {
            if (reader.FieldCount == 1 && reader.GetName(0) == "change_id" && await reader.ReadAsync(cancellationToken))
                Position = reader.GetInt64(0);
        }
        while (await reader.NextResultAsync(cancellationToken));
    }

    /// <summary>Adds to a repository; what changed since it was read is a conflict.</summary>
    public async Task<RepositoryRecord> UpdateRepositoryAsync(RepositoryRecord before, CancellationToken cancellationToken)
    {
        var after = before with
        {
            UpdatedAt = now,
            Root = Next(RoleName.Root, before.Root),
            Timestamp = Next(RoleName.Timestamp, before.Timestamp),
            Snapshot = Next(RoleName.Snapshot, before.Snapshot),
            Targets = Next(RoleName.Targets, before.Targets),
            OwedVersions = Math.Max(0, before.OwedVersions - publication.LeftOut),
        };
        await InsertManyAsync(before.Id, cancellationToken);
        var batch = new SqlBatch(connection, transaction).Add(
            $"UPDATE repositories SET updated_at = @now, {Heads}, owed_versions = CASE WHEN owed_versions > @left_out THEN owed_versions - @left_out ELSE 0 END WHERE id = @id AND root_version = @root_before AND timestamp_version = @timestamp_before " +
            "AND snapshot_version = @snapshot_before AND targets_version = @targets_before RETURNING id;",
            [
                ("id", before.Id), ("now", dialect.ToParameter(now)), ("left_out", publication.LeftOut),
                ("root_before", before.Root.Version), ("timestamp_before", before.Timestamp.Version),
                ("snapshot_before", before.Snapshot.Version), ("targets_before", before.Targets.Version),
                .. HeadParameters(after),
            ]);
        await using var command = AddRest(batch, before.Name).Command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new TrustException(TrustError.PublishConflict, $"{before.Name} changed while it was published to.") { Hint = "Read the current versions and publish again." };
        if (await reader.NextResultAsync(cancellationToken))
            await ReadPositionAsync(reader, cancellationToken);
        return after;
    }

    /// <summary>Adds files, key states and the change, which every publication has.</summary>
    private SqlBatch AddRest(SqlBatch batch, RepositoryName name)
    {
        for (var i = 0; i < publication.ResetRoles.Length; i++)
        {
            batch.Add(
                $"DELETE FROM metadata_files WHERE repository_id = @id AND role = @reset_role{i} AND version > @reset_version{i};",
                ($"reset_role{i}", publication.ResetRoles[i].Value), ($"reset_version{i}", Find(publication.ResetRoles[i])!.Version));
        }
        AddFiles(batch, publication.Files.AsSpan()[^Math.Min(publication.Files.Length, MaxFilesInRequest)..]);
        batch.Add("", ("repository", name.Value), ("format", publication.Format));
        AddKeyStates(batch);
        var timestamp = Find(RoleName.Timestamp) ?? throw new ArgumentException("A publication needs a timestamp.");
        return ChangeWriting.Add(batch, dialect, publication.Kind, publication.Actor, timestamp, publication.Summary);
    }

    // A request may have no more than 65 535 parameters. All hash bins of a repository together need more; they go before the others.
    private async Task InsertManyAsync(long repositoryId, CancellationToken cancellationToken)
    {
        for (var at = 0; at < publication.Files.Length - MaxFilesInRequest; at += MaxFilesInRequest)
        {
            var batch = new SqlBatch(connection, transaction).Add("", ("id", repositoryId), ("now", dialect.ToParameter(now)));
            AddFiles(batch, publication.Files.AsSpan()[at..Math.Min(at + MaxFilesInRequest, publication.Files.Length - MaxFilesInRequest)]);
            await using var command = batch.Command;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private void AddFiles(SqlBatch batch, ReadOnlySpan<NewFile> files)
    {
        for (var i = 0; i < files.Length; i++)
        {
            var file = files[i];
            batch.Add(
                $"INSERT INTO metadata_files (repository_id, role, version, sha256, length, expires_at, created_at, data) VALUES (@id, @role{i}, @version{i}, @sha256_{i}, @length{i}, @expires{i}, @now, @data{i});",
                ($"role{i}", file.Role.Value), ($"version{i}", file.Version), ($"sha256_{i}", file.Sha256), ($"length{i}", file.Data.Length),
                ($"expires{i}", dialect.ToParameter(file.Expires)), ($"data{i}", dialect.ToParameter(file.Data)));
        }
    }

    private void AddKeyStates(SqlBatch batch)
    {
        AddActivatedKeys(batch);
        if (publication.RootOnlineKeys is not { } keys)
            return;
        var names = string.Join(", ", keys.Select((_, i) => $"@key{i}"));
        var listed = keys.IsEmpty ? "FALSE" : $"fingerprint IN ({names})";
        batch.Add($"UPDATE online_keys SET state = CASE WHEN state <> 'retired' AND {listed} THEN 'active' ELSE 'retired' END WHERE repository = @repository AND (state <> 'pending' OR {listed});");
        for (var i = 0; i < keys.Length; i++)
            batch.Add("", ($"key{i}", keys[i]));
    }

    // What was taken out of service may be stolen: it is not used again, even by a root that lists it. A waiting key lay beside it.
    private void AddActivatedKeys(SqlBatch batch)
    {
        for (var i = 0; i < publication.ActivatedKeys.Length; i++)
        {
            var key = publication.ActivatedKeys[i];
            batch.Add(
                $"DELETE FROM online_keys WHERE repository = @repository AND role = @key_role{i} AND state = 'pending' AND fingerprint <> @key_fingerprint{i};" +
                $"UPDATE online_keys SET state = 'retired' WHERE repository = @repository AND role = @key_role{i} AND fingerprint <> @key_fingerprint{i};" +
                "INSERT INTO online_keys (repository, role, fingerprint, scheme, material, sealed_private, created_at, state) " +
                $"VALUES (@repository, @key_role{i}, @key_fingerprint{i}, @key_scheme{i}, @key_material{i}, @key_sealed{i}, @now, 'active') " +
                "ON CONFLICT (repository, role, fingerprint) DO UPDATE SET state = 'active', sealed_private = excluded.sealed_private;",
                ($"key_role{i}", key.Role.Value), ($"key_fingerprint{i}", key.Fingerprint), ($"key_scheme{i}", key.Scheme),
                ($"key_material{i}", key.Material.ToArray()), ($"key_sealed{i}", key.Sealed.ToArray()));
        }
    }

    private static (string Name, object? Value)[] HeadParametersOf(SqlDialect dialect, params ReadOnlySpan<(string Role, RoleHead Head)> heads)
    {
        var parameters = new List<(string, object?)>(heads.Length * 2);
        foreach (var (role, head) in heads)
        {
            parameters.Add(($"{role}_version", head.Version));
            parameters.Add(($"{role}_expires", dialect.ToParameter(head.Expires)));
        }
        return [.. parameters];
    }

    private (string Name, object? Value)[] HeadParameters(RepositoryRecord record) => HeadParametersOf(
        dialect, ("root", record.Root), ("timestamp", record.Timestamp), ("snapshot", record.Snapshot), ("targets", record.Targets));

    private NewFile? Find(RoleName role) => publication.Files.Where(f => f.Role == role).MaxBy(f => f.Version);

    private RoleHead First(RoleName role) => Find(role) is { } file
        ? new RoleHead(file.Version, file.Expires)
        : throw new ArgumentException($"The first publication of a repository needs {role}.");

    private RoleHead Next(RoleName role, RoleHead before) => Find(role) switch
    {
        null => before,
        { } file when file.Version > before.Version || publication.ResetRoles.Contains(role) => new RoleHead(file.Version, file.Expires),
        { } file => throw new TrustException(TrustError.PublishConflict, $"Version {file.Version} of {role} is not above the current version {before.Version}.") { Role = role.Value },
    };
}
