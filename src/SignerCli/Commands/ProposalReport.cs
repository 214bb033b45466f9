using System.Text.Json;
using TrustService.Ceremony;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Tells people what a proposal changes, who has signed it and who is missing.</summary>
internal static class ProposalReport
{
    private const int ShownDigits = 16;

    /// <summary>Says all of it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="proposal">The proposal.</param>
    /// <param name="isToBeSigned">True if what changes is shown with <c>-q</c> as well.</param>
    public static void Say(CommandOutput output, RootProposal proposal, bool isToBeSigned = false)
    {
        output.Say("Proposal", $"{proposal.Change[..ShownDigits]}…  for {proposal.Repository} (format {proposal.Format.Name})");
        output.Say("Builds on", BaseOf(proposal) ?? "nothing: a new repository");
        foreach (var line in proposal.Lines())
        {
            if (isToBeSigned)
                output.Tell("  " + line);
            else
                output.Say("  " + line);
        }
        foreach (var other in proposal.Diff.Others)
            output.Warn($"The proposal changes {other}");
        SayProgress(output, proposal);
        var next = proposal.Proposed.Signed.Roles[RoleName.Root];
        if (next.KeyIds.Length == next.Threshold)
            output.Warn($"From then on {(next.Threshold == 1 ? "there is one root key" : $"all {next.Threshold} holders are needed")}: if one key is lost, nobody can change the root again.");
    }

    /// <summary>Says who has signed and who is missing.</summary>
    public static void SayProgress(CommandOutput output, RootProposal proposal)
    {
        foreach (var progress in proposal.Progress)
            output.Say("Signatures", Line(progress, "root"));
        if (proposal.TargetsProgress is { } targets)
            output.Say("Signatures", Line(targets, "targets 1"));
    }

    /// <summary>What to do next with a file.</summary>
    public static void SayNext(CommandOutput output, RootProposal proposal, string file) => output.Say(proposal.IsComplete
        ? $"Next: signer root publish {file}"
        : $"Next: whoever is missing runs signer root sign {file}   ·   through the server: signer root push {file}");

    /// <summary>Writes the proposal as JSON, into the object that the writer is in.</summary>
    public static void WriteProposal(this Utf8JsonWriter writer, RootProposal proposal)
    {
        writer.WriteString("repository", proposal.Repository.Value);
        writer.WriteString("format", proposal.Format.Name);
        writer.WriteString("change", proposal.Change);
        writer.WriteNumber("version", proposal.Proposed.Signed.Version);
        writer.WriteTime("expires", proposal.Proposed.Signed.Expires);
        if (BaseOf(proposal) is { } current)
            writer.WriteString("buildsOn", current);
        writer.WriteTexts("changes", proposal.Lines());
        writer.WriteStartArray("signatures");
        foreach (var progress in proposal.Progress)
            Write(writer, progress, "root");
        if (proposal.TargetsProgress is { } targets)
            Write(writer, targets, "targets");
        writer.WriteEndArray();
        writer.WriteBoolean("isComplete", proposal.IsComplete);
    }

    /// <summary>Writes a result about a proposal as one JSON object.</summary>
    public static void Result(CommandOutput output, RootProposal proposal, string outcome) => output.ResultJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteOutcome(outcome, Outcome.Verified);
        writer.WriteProposal(proposal);
        writer.WriteEndObject();
    });

    /// <summary>The fingerprint of the root on which a proposal builds, or null.</summary>
    public static string? BaseOf(RootProposal proposal) => proposal.Current is { } current ? RootPin.OfFile(proposal.Format, current.File).Fingerprint : null;

    private static string Line(SigningProgress progress, string what)
    {
        var signed = progress.Signed.IsEmpty ? "nobody" : string.Join(", ", progress.Signed);
        var missing = progress.IsMet ? "enough"
            : progress.Lacking == progress.Missing.Length ? $"missing {string.Join(" and ", progress.Missing)}"
            : $"missing {progress.Lacking} of {string.Join(", ", progress.Missing)}";
        return $"{what} by {progress.Place}: {progress.Signed.Length} of {progress.Threshold}, {missing} · signed by {signed}";
    }

    private static void Write(Utf8JsonWriter writer, SigningProgress progress, string role)
    {
        writer.WriteStartObject();
        writer.WriteString("role", role);
        writer.WriteString("by", progress.Place);
        writer.WriteNumber("threshold", progress.Threshold);
        writer.WriteNumber("lacking", progress.Lacking);
        WriteHolders(writer, "signed", progress.Signed);
        WriteHolders(writer, "missing", progress.Missing);
        writer.WriteEndObject();
    }

    /// <summary>Writes key holders as an array of objects.</summary>
    public static void WriteHolders(Utf8JsonWriter writer, string name, IEnumerable<KeyHolder> holders)
    {
        writer.WriteStartArray(name);
        foreach (var holder in holders)
        {
            writer.WriteStartObject();
            writer.WriteString("keyid", holder.Id.Value);
            if (holder.Name is { } called)
                writer.WriteString("name", called);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
