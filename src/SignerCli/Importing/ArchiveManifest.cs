using System.Globalization;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Importing;

/// <summary>The list of what an archive holds, with the SHA-256 of every file: the last entry of the archive.</summary>
/// <param name="Source">Where it was fetched.</param>
/// <param name="Created">When, UTC.</param>
/// <param name="Repositories">What it holds.</param>
internal sealed record ArchiveManifest(string Source, DateTimeOffset Created, IReadOnlyList<ArchiveManifest.Repository> Repositories)
{
    /// <summary>Name of its entry.</summary>
    public const string EntryName = "manifest.json";

    /// <summary>Bytes that it may have.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private const string Kind = "notary-trust-archive";
    private const long FormatVersion = 1;

    /// <summary>Reads it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidArchive"/></exception>
    public static ArchiveManifest Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new JsonObjectReader(StrictJson.Parse(bytes, JsonLimits.OfBytes(MaxBytes)), "the manifest");
            if (reader.Text("kind") != Kind || reader.Integer("version", 1, int.MaxValue) != FormatVersion)
                throw reader.Refuse($"is not one of a {Kind} of version {FormatVersion}");
            return new ArchiveManifest(
                reader.Text("source"),
                DateTimeOffset.Parse(reader.Text("created"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                [.. Objects(reader, "repositories").Select(ReadRepository)]);
        }
        catch (Exception e) when (e is FormatException or TrustException { Error: TrustError.MalformedJson or TrustError.MalformedMetadata or TrustError.TooLarge or TrustError.InvalidRepositoryName or TrustError.InvalidRoleName })
        {
            throw new TrustException(TrustError.InvalidArchive, $"The archive cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Writes it.</summary>
    public byte[] Write() => JsonWriting.Bytes(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", Kind);
        writer.WriteNumber("version", FormatVersion);
        writer.WriteString("source", Source);
        writer.WriteString("created", Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.WriteStartArray("repositories");
        foreach (var repository in Repositories)
            Write(writer, repository);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static Repository ReadRepository(JsonObjectReader reader) => new(
        Gun.Parse(reader.Text("name")),
        reader.Optional("problem") is null ? null : reader.Text("problem"),
        [.. Objects(reader, "files").Select(file => new File(
            file.Text("path"), RoleName.Parse(file.Text("role")), file.Integer("version", 1, MetadataLimits.MaxVersion), file.Text("sha256"), file.Integer("length", 0, int.MaxValue)))]);

    private static IEnumerable<JsonObjectReader> Objects(JsonObjectReader reader, string name) => reader.Array(name).EnumerateArray().Select(item => new JsonObjectReader(item, name));

    private static void Write(Utf8JsonWriter writer, Repository repository)
    {
        writer.WriteStartObject();
        writer.WriteString("name", repository.Name.Value);
        if (repository.Problem is { } problem)
            writer.WriteString("problem", problem);
        writer.WriteStartArray("files");
        foreach (var file in repository.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteString("role", file.Role.Value);
            writer.WriteNumber("version", file.Version);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteNumber("length", file.Length);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>One repository.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Problem">What did not verify when it was saved, or null.</param>
    /// <param name="Files">Its files.</param>
    internal sealed record Repository(RepositoryName Name, string? Problem, IReadOnlyList<File> Files);

    /// <summary>One file.</summary>
    /// <param name="Path">Name of its entry.</param>
    /// <param name="Role">Its role.</param>
    /// <param name="Version">The version inside it; of a former version, the one that was asked for.</param>
    /// <param name="Sha256">64 lower-case hexadecimal digits.</param>
    /// <param name="Length">Its bytes.</param>
    internal sealed record File(string Path, RoleName Role, long Version, string Sha256, long Length);
}
