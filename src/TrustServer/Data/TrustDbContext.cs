using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace TrustService.Server.Data;

/// <summary>Maps the tables of <c>migrations/</c> for queries. The SQL files are the schema; this only follows them.</summary>
internal sealed class TrustDbContext(DbContextOptions<TrustDbContext> options) : DbContext(options)
{
    /// <summary>Repositories.</summary>
    public DbSet<RepositoryRow> Repositories => Set<RepositoryRow>();

    /// <summary>Published files.</summary>
    public DbSet<MetadataFileRow> MetadataFiles => Set<MetadataFileRow>();

    /// <summary>Keys of snapshot and timestamp.</summary>
    public DbSet<OnlineKeyRow> OnlineKeys => Set<OnlineKeyRow>();

    /// <summary>The change feed.</summary>
    public DbSet<ChangeRow> Changes => Set<ChangeRow>();

    /// <summary>Restored backups.</summary>
    public DbSet<RestoreRow> Restores => Set<RestoreRow>();

    /// <summary>Files that wait for signatures.</summary>
    public DbSet<PendingFileRow> PendingFiles => Set<PendingFileRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RepositoryRow>(Table("repositories")).Entity<RepositoryRow>().HasKey(r => r.Id);
        modelBuilder.Entity<MetadataFileRow>(Table("metadata_files")).Entity<MetadataFileRow>().HasKey(f => new { f.RepositoryId, f.Role, f.Version });
        modelBuilder.Entity<OnlineKeyRow>(Table("online_keys")).Entity<OnlineKeyRow>().HasKey(k => k.Id);
        modelBuilder.Entity<ChangeRow>(Table("changes")).Entity<ChangeRow>().HasKey(c => c.Id);
        modelBuilder.Entity<RestoreRow>(Table("restores")).Entity<RestoreRow>().HasKey(r => r.Id);
        modelBuilder.Entity<PendingFileRow>(Table("pending_files")).Entity<PendingFileRow>().HasKey(p => new { p.Repository, p.Role });
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite has no type for times.
        if (Database.IsSqlite())
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<DateTimeOffsetToMillisecondsConverter>();
    }

    private static Action<EntityTypeBuilder> Table(string name) => entity =>
    {
        entity.ToTable(name);
        foreach (var property in entity.Metadata.GetProperties())
            property.SetColumnName(SnakeCase(property.Name));
    };

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    private sealed class DateTimeOffsetToMillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
}
