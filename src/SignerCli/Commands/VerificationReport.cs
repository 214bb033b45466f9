using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Shows what verification found.</summary>
internal static class VerificationReport
{
    /// <summary>Shows every outcome; returns the worst.</summary>
    public static Outcome Show(CommandOutput output, IReadOnlyCollection<VerificationOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcomes.Count > 1)
                output.Say(outcome.Reference.ToString());
            ShowOne(output, outcome);
        }
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var outcome in outcomes)
                Write(writer, outcome);
            writer.WriteEndArray();
        });
        return Outcomes.Worst(outcomes.Select(outcome => outcome.Outcome));
    }

    private static void ShowOne(CommandOutput output, VerificationOutcome outcome)
    {
        foreach (var check in outcome.Checks)
        {
            if (check.Status == CheckStatus.Pass)
                output.Pass(check.Name, check.Detail);
            else if (check.Status == CheckStatus.Skipped)
                output.Detail($"{check.Name}: {check.Detail}");
        }
        foreach (var warning in outcome.Warnings)
            output.WarnOnce(warning);
        foreach (var role in outcome.Expiring)
            output.WarnOnce($"{role.Role} {role.Version} of {outcome.Reference.Repository} expires on {CommandOutput.Date(role.Expires)}; {(role.Role == RoleName.Timestamp || role.Role == RoleName.Snapshot ? "the trust server should have renewed it before now" : "signer doctor tells who has to renew it")}.");
        if (outcome.Error is { } error)
            output.Refuse(error);
        else if (outcome.Pinned is { } pinned)
            // Without the tag: not every tool that pulls takes a tag and a digest.
            output.Result(pinned.ToString());
    }

    private static void Write(Utf8JsonWriter writer, VerificationOutcome outcome)
    {
        writer.WriteStartObject();
        writer.WriteString("reference", outcome.Reference.ToString());
        writer.WriteOutcome(Outcomes.Name(outcome.Outcome), outcome.Outcome);
        writer.WriteString("repository", outcome.Reference.Repository.Value);
        writer.WriteString("target", outcome.TargetPath);
        if (outcome.Signed is { } signed)
        {
            writer.WriteString("digest", signed.Digest.ToString());
            if (signed.MediaType.Length > 0)
                writer.WriteString("mediaType", signed.MediaType);
            writer.WriteNumber("size", signed.Size);
        }
        if (outcome.Pinned is { } pinned)
            writer.WriteString("pinned", pinned.ToString());
        if (outcome.SignedBy is { } role)
        {
            writer.WriteStartArray("signedBy");
            writer.WriteStartObject();
            writer.WriteString("role", role.Value);
            writer.WriteTexts("keyids", outcome.SigningKeys.Select(key => key.Value));
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
        if (!outcome.Warnings.IsEmpty)
            writer.WriteTexts("warnings", outcome.Warnings);
        if (!outcome.Expiring.IsEmpty)
            WriteExpiring(writer, outcome);
        WriteMetadata(writer, outcome);
        WriteChecks(writer, outcome);
        if (outcome.Error is { } error)
            writer.WriteError(error);
        writer.WriteEndObject();
    }

    private static void WriteExpiring(Utf8JsonWriter writer, VerificationOutcome outcome)
    {
        writer.WriteStartArray("expiring");
        foreach (var role in outcome.Expiring)
        {
            writer.WriteStartObject();
            writer.WriteString("role", role.Role.Value);
            writer.WriteNumber("version", role.Version);
            writer.WriteTime("expires", role.Expires);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, VerificationOutcome outcome)
    {
        if (outcome.Metadata.IsEmpty)
            return;
        writer.WriteStartObject("metadata");
        foreach (var role in outcome.Metadata)
        {
            writer.WriteStartObject(role.Role.Value);
            writer.WriteNumber("version", role.Version);
            writer.WriteTime("expires", role.Expires);
            if (role.Role == RoleName.Timestamp && outcome.SignedAt is { } signedAt)
                writer.WriteTime("signed", signedAt);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the checks of an outcome.</summary>
    public static void WriteChecks(Utf8JsonWriter writer, VerificationOutcome outcome)
    {
        writer.WriteStartArray("checks");
        foreach (var check in outcome.Checks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", check.Name);
            writer.WriteString("result", check.Status switch { CheckStatus.Pass => "pass", CheckStatus.Fail => "fail", _ => "skipped" });
            writer.WriteString("detail", check.Detail);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
