using System.Globalization;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Health;

/// <summary>Shows reports: a table and sentences for people, or JSON.</summary>
internal static class HealthOutput
{
    /// <summary>Shows one report; with <c>-q</c> only what somebody has to act on, one line each.</summary>
    public static void Show(CommandOutput output, HealthReport report, DateTimeOffset now)
    {
        if (output.Style.IsQuiet)
        {
            foreach (var finding in report.Findings.Where(finding => finding.Severity > Severity.Notice))
                output.Result($"{report.Repository}: {Word(finding.Severity)}: {finding.Text}{(finding.Advice is { } next ? $" ({next})" : "")}");
            return;
        }
        output.Result($"Repository   {report.Repository}");
        if (!report.Roles.IsEmpty)
        {
            var table = new TextTable("ROLE", "VERSION", "EXPIRES", "LEFT", "WHO RENEWS IT");
            foreach (var role in report.Roles)
                table.Add(NameOf(role), role.Version.ToString(CultureInfo.InvariantCulture), CommandOutput.Date(role.Expires), role.Left(now), role.Who);
            foreach (var line in table.Lines())
                output.Result(line);
        }
        foreach (var finding in report.Findings)
        {
            output.Result($"{Word(finding.Severity),-9} {finding.Text}");
            if (finding.Advice is { } advice)
                output.Result($"{"",-9} → {advice}");
        }
        if (report.Findings.IsEmpty)
            output.Result("Nothing to do.");
        output.Result("");
    }

    /// <summary>Writes one report.</summary>
    public static void Write(Utf8JsonWriter writer, HealthReport report, DateTimeOffset now, Outcome outcome)
    {
        writer.WriteStartObject();
        writer.WriteString("repository", report.Repository.Value);
        writer.WriteOutcome(outcome == Outcome.Verified ? "healthy" : Outcomes.Name(outcome), outcome);
        writer.WriteStartArray("roles");
        foreach (var role in report.Roles)
        {
            writer.WriteStartObject();
            writer.WriteString("name", role.Role.Value);
            if (role.Delegator is { } delegator)
                writer.WriteString("delegatedBy", delegator.Value);
            writer.WriteNumber("version", role.Version);
            writer.WriteTime("expires", role.Expires);
            writer.WriteBoolean("expired", role.Expires <= now);
            writer.WriteBoolean("renewedByServer", role.IsOnline);
            writer.WriteNumber("threshold", role.Threshold);
            writer.WriteTexts("holders", role.Holders);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("findings");
        foreach (var finding in report.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("code", finding.Code);
            writer.WriteString("severity", Word(finding.Severity));
            if (finding.Role is { } role)
                writer.WriteString("role", role);
            writer.WriteString("message", finding.Text);
            if (finding.Advice is { } advice)
                writer.WriteString("detail", advice);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string NameOf(RoleExpiry role) => role.Delegator is { } delegator && delegator != RoleName.Targets ? $"{role.Role} (by {delegator})" : role.Role.Value;

    private static string Word(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "notice",
    };
}
