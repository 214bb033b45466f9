using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>A metadata file on the way to an image: its version, its end, and who signed it.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expires">Its expiry, UTC.</param>
/// <param name="IsExpired">True if it has expired.</param>
/// <param name="Threshold">How many keys must sign.</param>
/// <param name="SignedBy">Who did.</param>
/// <param name="Missing">Who could have, and did not.</param>
internal sealed record ExplainedFile(RoleName Role, long Version, DateTimeOffset Expires, bool IsExpired, int Threshold, ImmutableArray<NamedKey> SignedBy, ImmutableArray<NamedKey> Missing)
{
    /// <summary>Describes a file that was accepted.</summary>
    /// <param name="role">Its role.</param>
    /// <param name="content">Its content.</param>
    /// <param name="signers">Who signed it.</param>
    /// <param name="names">Names of key holders, of the file that lists the keys.</param>
    /// <param name="now">The time of the run, UTC.</param>
    public static ExplainedFile Of(RoleName role, IRole content, ThresholdResult signers, IReadOnlyDictionary<KeyId, string> names, DateTimeOffset now) => new(
        role, content.Version, content.Expires, content.Expires <= now, signers.Threshold,
        [.. signers.Signed.Select(id => new NamedKey(id, names.GetValueOrDefault(id)))], [.. signers.Missing.Select(id => new NamedKey(id, names.GetValueOrDefault(id)))]);

    /// <summary>In a line.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Role} {Version}, until {CommandOutput.Date(Expires)}{(IsExpired ? " EXPIRED" : "")}, needs {Threshold} of {SignedBy.Length + Missing.Length}: signed by {string.Join(", ", SignedBy)}")
        + (Missing.IsEmpty ? "" : $"; not by {string.Join(", ", Missing)}");

    /// <summary>Writes its members into the object that the writer is in.</summary>
    public void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("version", Version);
        writer.WriteTime("expires", Expires);
        writer.WriteBoolean("expired", IsExpired);
        writer.WriteNumber("threshold", Threshold);
        WriteKeys(writer, "signedBy", SignedBy);
        WriteKeys(writer, "notSignedBy", Missing);
    }

    private static void WriteKeys(Utf8JsonWriter writer, string member, ImmutableArray<NamedKey> keys)
    {
        writer.WriteStartArray(member);
        foreach (var key in keys)
        {
            writer.WriteStartObject();
            writer.WriteString("keyid", key.Id.Value);
            if (key.Name is { } name)
                writer.WriteString("name", name);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
