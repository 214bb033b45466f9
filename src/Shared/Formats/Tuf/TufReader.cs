using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats.Tuf;

/// <summary>Bytes of a TUF file into records. Source: TUF 1.0.34 §4.</summary>
internal static partial class TufReader
{
    public static SignedMetadata<TRole> Read<TRole>(ReadOnlyMemory<byte> file, int maxBytes)
        where TRole : class, IRole
    {
        var name = NameOf(TRole.Type);
        var envelope = new JsonObjectReader(StrictJson.Parse(file.Span, MetadataLimits.OfFile(TRole.Type, maxBytes)), name);
        var signed = envelope.Object("signed");
        var found = signed.Text("_type");
        if (found != name)
            throw new TrustException(TrustError.WrongRoleType, $"The file is of type \"{Shorten(found)}\"; \"{name}\" is needed.");
        CheckSpecVersion(signed.Text("spec_version"));
        IRole role = TRole.Type switch
        {
            RoleType.Root => TufRoleReader.Root(signed),
            RoleType.Timestamp => TufRoleReader.Timestamp(signed),
            RoleType.Snapshot => TufRoleReader.Snapshot(signed),
            _ => TufTargetsReader.Targets(signed),
        };
        return new SignedMetadata<TRole>((TRole)role, MemberReading.Signatures(envelope, ReadSignature), CanonicalJson.Encode(signed.Element), file);
    }

    public static string NameOf(RoleType type) => type switch
    {
        RoleType.Root => "root",
        RoleType.Timestamp => "timestamp",
        RoleType.Snapshot => "snapshot",
        _ => "targets",
    };

    // Text that is no hex can never count; other signatures may still reach the threshold.
    private static Signature ReadSignature(KeyId id, JsonObjectReader signature) =>
        new(id, Hex.TryDecode(signature.Text("sig"), out var value) ? value : default(ReadOnlyMemory<byte>));

    private static void CheckSpecVersion(string text)
    {
        if (!SupportedSpecVersion().IsMatch(text))
            throw new TrustException(TrustError.UnsupportedSpecVersion, $"spec_version is \"{Shorten(text)}\"; 1.x is supported.");
    }

    private static string Shorten(string text) => text.Length <= 24 ? text : text[..24] + "…";

    // Old repositories write "1.0". Only the major number decides. Source: TUF 1.0.34 §4.3.
    [GeneratedRegex(@"\A1\.[0-9]{1,6}(\.[0-9]{1,6})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex SupportedSpecVersion();
}
