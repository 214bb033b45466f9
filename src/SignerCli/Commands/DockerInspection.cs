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
/// <param name="roles">Every role that was read, to name the signers.</param>
/// <param name="found">The targets that are shown, each as a search finds it.</param>
internal sealed class DockerInspection(TrustedTargets targets, IReadOnlyList<RoleReading> roles, IEnumerable<FoundTarget> found)
{
    private const string RepositoryAdministrator = "Repo Admin";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 4, NewLine = "\n" };

    /// <summary>Writes it.</summary>
    /// <param name="name">What was asked for, as it was typed.</param>
    public string Write(string name)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("Name", name);
            WriteTags(writer);
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

    private void WriteTags(Utf8JsonWriter writer)
    {
        var signed = found.OrderBy(target => target.Path, NaturalOrder.Comparer).ToList();
        if (signed.Count == 0)
            return;
        writer.WriteStartArray("SignedTags");
        foreach (var target in signed)
        {
            writer.WriteStartObject();
            writer.WriteString("SignedTag", target.Path);
            writer.WriteString("Digest", DigestOf(target.Target));
            var signers = SignersOf(target).Where(role => !IsReleased(role)).Select(SignerOf).ToList();
            writer.WriteStartArray("Signers");
            foreach (var signer in signers.Count > 0 ? signers : [RepositoryAdministrator])
                writer.WriteStringValue(signer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    // Where some roles name images, others who signed the same are its signers. Elsewhere the role that a search finds is the only one
    // that speaks for a tag: what further roles list may be nothing that their delegators let them speak for.
    private IEnumerable<RoleName> SignersOf(FoundTarget target) => ImageRoles.IsEmpty
        ? [target.Role.Role]
        : roles.Select(reading => reading.Trusted).OfType<TrustedTargets>()
            .Where(role => role.MaySpeakFor(target.Path) && role.Metadata.Signed.TargetFiles.TryGetValue(target.Path, out var same) && DigestOf(same) == DigestOf(target.Target))
            .Select(role => role.Role);

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
