using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>A change of one repository that lacks signatures, as a file: each role's next version with the signatures that it has.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Files">The metadata files by role.</param>
internal sealed record PendingSet(RepositoryName Repository, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Files)
{
    /// <summary>Bytes of such a file at the most.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int MaxRoles = 64;

    /// <summary>Gathers the roles of a change.</summary>
    public static PendingSet Of(RepositoryName repository, IEnumerable<(RoleName Role, ReadOnlyMemory<byte> File)> files) =>
        new(repository, files.ToImmutableSortedDictionary(file => file.Role.Value, file => file.File, StringComparer.Ordinal));

    /// <summary>Reads a file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/>, or <see cref="TrustError.InvalidProposal"/> if it is no such file.</exception>
    public static PendingSet Load(string path) => Parse(PrivateFiles.Read(path, MaxBytes), path);

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidProposal"/></exception>
    public static PendingSet Parse(ReadOnlySpan<byte> content, string name)
    {
        try
        {
            return Read(content, name);
        }
        catch (TrustException e) when (e.Error is TrustError.MalformedJson or TrustError.MalformedMetadata or TrustError.InvalidRepositoryName)
        {
            throw new TrustException(TrustError.InvalidProposal, $"{name} is no change that waits for signatures: {e.Message}", e) { Hint = "sign --partial --out FILE makes one." };
        }
    }

    private static PendingSet Read(ReadOnlySpan<byte> content, string name)
    {
        var reader = new JsonObjectReader(StrictJson.Parse(content, JsonLimits.OfBytes(MaxBytes)), name);
        var roles = reader.Object("pending");
        if (roles.Count is 0 or > MaxRoles)
            throw reader.Refuse($"holds {roles.Count} roles; 1 to {MaxRoles} are read");
        var files = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var member in roles.Members)
        {
            if (!RoleName.TryParse(member.Name, out _) || member.Value.ValueKind != JsonValueKind.String || !member.Value.TryGetBytesFromBase64(out var file) || file.Length > VerificationLimits.Default.MaxListedBytes)
                throw roles.Refuse("has a member that is not a role with its file in base64");
            files.Add(member.Name, file);
        }
        return new PendingSet(RepositoryName.Parse(reader.Text("repository")), files.ToImmutable());
    }

    /// <summary>Writes it to a file in place of what is there.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public void Save(string path) => PrivateFiles.Replace(path, JsonWriting.Bytes(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("repository", Repository.Value);
        writer.WriteStartObject("pending");
        foreach (var (role, file) in Files)
            writer.WriteBase64String(role, file.Span);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }));
}
