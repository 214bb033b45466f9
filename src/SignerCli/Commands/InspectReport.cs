using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>What <c>signer inspect</c> shows of a repository.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Root">The newest root.</param>
/// <param name="Overview">The repository as it was read.</param>
/// <param name="Targets">The targets to show.</param>
/// <param name="Refused">The targets to mark.</param>
/// <param name="Now">The time of the run, UTC.</param>
internal sealed record InspectReport(RepositoryName Repository, RootPin Root, RepositoryOverview Overview, IReadOnlyList<FoundTarget> Targets, IReadOnlyList<RefusedTarget> Refused, DateTimeOffset Now)
{
    /// <summary>The repository as it was read.</summary>
    public RepositoryReading Reading => Overview.Reading;

    /// <summary>Who may sign images besides the owner of targets, used or not.</summary>
    public IReadOnlyList<SignerLine> Signers { get; } = SignerLine.Of(Overview.Reading.Targets, Overview.Roles);

    /// <summary>What waits for signatures on the trust server.</summary>
    public ImmutableArray<PendingReview> Pending { get; init; } = [];

    /// <summary>The top-level roles, then the delegated ones that signed something shown here.</summary>
    public IReadOnlyList<RoleLine> Roles { get; } = [.. TopLevel(Overview.Reading.Targets), .. Targets.Select(found => found.Role).Where(role => role.Role != RoleName.Targets).Distinct().Select(Delegated)];

    /// <summary>How the run ends: expired data is shown, what does not verify is not.</summary>
    public Outcome Outcome => Outcomes.Worst(Overview.Problems.Select(problem => problem.Info.Outcome));

    /// <summary>The digest that a target stands for, or a word if it stands for none.</summary>
    public static string DigestOf(FoundTarget found) =>
        found.Target.Hashes.Sha256 is { Length: 32 } sha256 ? $"sha256:{Hex.Encode(sha256.Span)}" : "(no sha256)";

    /// <summary>Writes the report as JSON, if results are JSON.</summary>
    public void WriteJson(CommandOutput output) => output.ResultJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("repository", Repository.Value);
        writer.WriteOutcome(Outcome == Outcome.Verified ? "shown" : Outcomes.Name(Outcome), Outcome);
        writer.WriteString("fingerprint", Root.Fingerprint);
        writer.WriteBoolean("expired", Reading.Expired is not null);
        writer.WriteStartArray("roles");
        foreach (var role in Roles)
        {
            writer.WriteStartObject();
            writer.WriteString("name", role.Name);
            writer.WriteNumber("version", role.Version);
            writer.WriteTime("expires", role.Expires);
            writer.WriteBoolean("expired", role.Expires <= Now);
            writer.WriteNumber("threshold", role.Threshold);
            writer.WriteTexts("keyids", role.KeyIds.Select(id => id.Value));
            writer.WriteTexts("signedBy", role.Signed.Select(id => id.Value));
            writer.WriteEndObject();
        }
        foreach (var role in Overview.Unverified)
        {
            writer.WriteStartObject();
            writer.WriteString("name", role.Role.Value);
            writer.WriteNumber("threshold", role.Keys.Threshold);
            writer.WriteTexts("keyids", role.Keys.KeyIds.Select(id => id.Value));
            writer.WriteError(role.Refusal);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("targets");
        foreach (var found in Targets)
        {
            writer.WriteStartObject();
            writer.WriteString("name", found.Path);
            writer.WriteString("digest", DigestOf(found));
            writer.WriteNumber("size", found.Target.Length);
            if (found.Target.Custom is { } custom)
            {
                writer.WritePropertyName("custom");
                custom.WriteTo(writer);
            }
            writer.WriteStartArray("signedBy");
            writer.WriteStartObject();
            writer.WriteString("role", found.Role.Role.Value);
            writer.WriteTexts("keyids", found.Role.Signers.Signed.Select(id => id.Value));
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("refused");
        foreach (var refused in Refused)
        {
            writer.WriteStartObject();
            writer.WriteString("name", refused.Path);
            if (Overview.CauseOf(refused) is { } cause)
                writer.WriteString("role", cause.Value);
            writer.WriteError(refused.Refusal);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("signers");
        foreach (var signer in Signers)
            signer.Write(writer, Now);
        writer.WriteEndArray();
        writer.WriteStartArray("pending");
        foreach (var review in Pending)
            PendingText.Write(writer, review, Reading.Targets.Snapshot.Root.Format.Rules);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static IEnumerable<RoleLine> TopLevel(TrustedTargets targets)
    {
        var root = targets.Snapshot.Root;
        yield return Line(root.Metadata.Signed, RoleName.Root, root.Signers);
        yield return Line(targets.Snapshot.Timestamp.Metadata.Signed, RoleName.Timestamp, targets.Snapshot.Timestamp.Signers);
        yield return Line(targets.Snapshot.Metadata.Signed, RoleName.Snapshot, targets.Snapshot.Signers);
        yield return Line(targets.Metadata.Signed, RoleName.Targets, targets.Signers);

        RoleLine Line<TRole>(TRole role, RoleName name, ThresholdResult signers)
            where TRole : class, IRole
        {
            var keys = root.Metadata.Signed.Roles[name];
            return new RoleLine(name.Value, role.Version, role.Expires, keys.Threshold, keys.KeyIds, signers.Signed);
        }
    }

    private static RoleLine Delegated(TrustedTargets role) =>
        new(role.Role.Value, role.Metadata.Signed.Version, role.Metadata.Signed.Expires, role.Signers.Threshold, [.. role.Signers.Signed, .. role.Signers.Missing], role.Signers.Signed);

    /// <summary>One role.</summary>
    internal sealed record RoleLine(string Name, long Version, DateTimeOffset Expires, int Threshold, ImmutableArray<KeyId> KeyIds, ImmutableArray<KeyId> Signed);
}
