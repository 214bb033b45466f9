using System.ComponentModel.DataAnnotations;

namespace TrustService.Server.Options;

/// <summary>Where the server keeps what was published. Configuration section <c>Database</c>.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Database";

    /// <summary>
    /// Directory of the server's own files: the SQLite database and, unless they are given from elsewhere, the master key
    /// and TLS files. Default: <c>trust-data</c> in the working directory. It is made with mode 0700.
    /// </summary>
    [Required]
    public string DataDirectory { get; set; } = "trust-data";

    /// <summary>
    /// Connection string of a PostgreSQL database, as <c>Host=db;Database=trust;Username=trust</c>.
    /// Default: empty, which means SQLite in <c>trust.db</c> of <see cref="DataDirectory"/>.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The SQLite file of <see cref="DataDirectory"/>.</summary>
    public string EmbeddedFile => Path.Combine(DataDirectory, "trust.db");

    /// <summary>True if the data is in the SQLite file of <see cref="DataDirectory"/>.</summary>
    public bool IsEmbedded => string.IsNullOrWhiteSpace(ConnectionString);
}
