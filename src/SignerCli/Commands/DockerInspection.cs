using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using TrustService.Client;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>A repository as <c>docker trust inspect</c> prints it: an array with one element, four spaces for each level, empty lists left out.</summary>
/// <param name="targets">The top-level targets.</param>
/// <param name="roles">Every role that was read.</param>
internal sealed class DockerInspection(TrustedTargets targets, IReadOnlyList<RoleReading> roles)
{
    private const string RepositoryAdministrator = "Repo Admin";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 4, NewLine = "\n" };

    /// <summary>Writes it.</summary>
    /// <param name="name">What was asked for, as it was typed.</param>
    /// <param name="tag">The one tag that is shown, or null for all.</param>
    public string Write(string name, string? tag)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("Name", name);
            WriteTags(writer, tag);
            WriteHolders(writer, "Signers", Delegated().Where(role => !IsReleased(role.Name)).OrderByDescending(role => SignerOf(role.Name), StringComparer.Ordinal).Select(role => (SignerOf(role.Name), role.Keys.Select(BareId))));
            var root = targets.Snapshot.Root;
            WriteHolders(writer, "AdministrativeKeys", [("Root", root.Metadata.Signed.Roles[RoleName.Root].KeyIds), ("Repository", root.Metadata.Signed.Roles[RoleName.Targets].KeyIds)]);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private ImmutableArray<RoleName> ImageRoles => targets.Snapshot.Root.Format.Rules.ImageRoles;

    private IEnumerable<SigningRole> Delegated() => roles.Select(reading => reading.Trusted).OfType<TrustedTargets>().SelectMany(trusted => SigningRole.DelegatedBy(trusted)).DistinctBy(role => role.Name);

    // Released is what docker may pull; others who signed the same are its signers.
    private void WriteTags(Utf8JsonWriter writer, string? tag)
    {
        var signed = roles.Select(reading => reading.Trusted).OfType<TrustedTargets>()
            .SelectMany(role => role.Metadata.Signed.TargetFiles.Where(target => role.MaySpeakFor(target.Key)).Select(target => (role.Role, Tag: target.Key, Digest: DigestOf(target.Value))))
            .Where(entry => tag is null || entry.Tag == tag)
            .GroupBy(entry => (entry.Tag, entry.Digest))
            .Where(group => ImageRoles.IsEmpty || group.Any(entry => IsReleased(entry.Role)))
            .OrderBy(group => group.Key.Tag, NaturalOrder.Comparer)
            .ToList();
        if (signed.Count == 0)
            return;
        writer.WriteStartArray("SignedTags");
        foreach (var group in signed)
        {
            writer.WriteStartObject();
            writer.WriteString("SignedTag", group.Key.Tag);
            writer.WriteString("Digest", group.Key.Digest);
            var signers = group.Where(entry => !IsReleased(entry.Role)).Select(entry => SignerOf(entry.Role)).ToList();
            writer.WriteStartArray("Signers");
            foreach (var signer in signers.Count > 0 ? signers : [RepositoryAdministrator])
                writer.WriteStringValue(signer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteHolders(Utf8JsonWriter writer, string name, IEnumerable<(string Name, IEnumerable<KeyId> Keys)> holders)
    {
        var all = holders.ToList();
        if (all.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var holder in all)
        {
            writer.WriteStartObject();
            writer.WriteString("Name", holder.Name);
            writer.WriteStartArray("Keys");
            foreach (var key in holder.Keys)
            {
                writer.WriteStartObject();
                writer.WriteString("ID", key.Value);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    // The roles that docker shows as no signer. Where all roles name images, only the top-level one is none.
    private bool IsReleased(RoleName role) => role == targets.Role || ImageRoles.Contains(role);

    private static string SignerOf(RoleName role) => role.Value.StartsWith("targets/", StringComparison.Ordinal) ? role.Value["targets/".Length..] : role.Value;

    private static string DigestOf(TargetFile target) => target.Hashes.Sha256 is { Length: 32 } sha256 ? Hex.Encode(sha256.Span) : "";

    // Of signers docker shows the id of the key inside a certificate; of root the id of the certificate.
    private KeyId BareId(PublicKey key) => key.IsUsable ? targets.Snapshot.Root.Format.DescribeKey(key.Scheme, key.Material).Id : key.Id;
}
