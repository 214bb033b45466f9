using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>What <c>signer sign</c> did, image by image.</summary>
internal sealed class SignResults
{
    private readonly List<Entry> entries = [];

    /// <summary>Signs the images of one repository and notes what became of them; a refusal leaves the other repositories alone.</summary>
    public async Task AddAsync(IEnumerable<ResolvedImage> images, Func<Task<SigningResult>> sign)
    {
        try
        {
            var result = await sign();
            entries.AddRange(images.Select(image => new Entry(image, result, null)));
        }
        catch (TrustException e)
        {
            entries.AddRange(images.Select(image => new Entry(image, null, e)));
        }
    }

    /// <summary>Notes images that were only looked at.</summary>
    public void AddPlanned(IEnumerable<ResolvedImage> images) => entries.AddRange(images.Select(image => new Entry(image, null, null)));

    /// <summary>Shows them; the result of each is its name with the signed digest.</summary>
    /// <returns>The worst outcome.</returns>
    public Outcome Show(CommandOutput output)
    {
        foreach (var refusal in entries.Select(entry => entry.Error).OfType<TrustException>().Distinct())
            output.Refuse(refusal);
        foreach (var entry in entries.Where(entry => entry.Error is null))
        {
            var image = entry.Image;
            if (entry.Waits is { } waits)
            {
                output.Say($"Pending  {Name(image.TargetPath)}{image.Image.Digest}  ({waits.Role} {waits.File.Signed.Version}: {waits.Signers.Signed.Length} of {waits.Signers.Threshold} signatures)");
                continue;
            }
            output.Say($"{entry.Word}  {Name(image.TargetPath)}{image.Image.Digest}{(entry.Result is { } result ? $"  ({RolesOf(result)})" : "")}");
            foreach (var child in image.Children)
                output.Say($"{entry.Word}  {child.Digest}  {child.MediaType}");
            output.Result(image.Pinned);
        }
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in entries)
                Write(writer, entry);
            writer.WriteEndArray();
        });
        return Outcomes.Worst(entries.Select(entry => entry.Outcome));
    }

    /// <summary>The roles of a result, as one part of a line.</summary>
    public static string RolesOf(SigningResult result) =>
        $"{string.Join(", ", result.Roles.Select(role => $"{role.Role} {role.Version}"))}, until {CommandOutput.Date(result.Roles.Min(role => role.Expires))}";

    // An image that is signed by its digest alone has no other name.
    private static string Name(string targetPath) => TargetNames.DigestOf(targetPath) is null ? targetPath + "  " : "";

    private static void Write(Utf8JsonWriter writer, Entry entry)
    {
        var image = entry.Image;
        writer.WriteStartObject();
        writer.WriteString("reference", image.Reference.ToString());
        writer.WriteOutcome(entry.JsonWord, entry.Outcome);
        writer.WriteString("repository", image.Reference.Repository.Value);
        writer.WriteString("target", image.TargetPath);
        writer.WriteString("digest", image.Image.Digest.ToString());
        writer.WriteString("mediaType", image.Image.MediaType);
        writer.WriteNumber("size", image.Image.Size);
        if (!image.Children.IsEmpty)
            writer.WriteTexts("platforms", image.Children.Select(child => child.Digest.ToString()));
        if (entry.Error is { } error)
            writer.WriteError(error);
        else if (entry.Waits is null)
            writer.WriteString("pinned", image.Reference.Pinned(image.Image.Digest).ToString());
        if (entry.Result is { } result)
            WriteResult(writer, result);
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, SigningResult result)
    {
        writer.WriteStartArray("signedBy");
        foreach (var role in result.Roles)
        {
            writer.WriteStartObject();
            writer.WriteString("role", role.Role.Value);
            writer.WriteTexts("keyids", role.SigningKeys.Select(key => key.Value));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteRoles(result);
        if (result.Pending.IsEmpty)
            return;
        writer.WriteStartArray("pending");
        foreach (var waiting in result.Pending)
        {
            writer.WriteStartObject();
            writer.WriteString("role", waiting.Role.Value);
            writer.WriteNumber("version", waiting.File.Signed.Version);
            writer.WriteNumber("threshold", waiting.Signers.Threshold);
            writer.WriteTexts("signedBy", waiting.Signers.Signed.Select(key => key.Value));
            writer.WriteTexts("missing", waiting.Signers.Missing.Select(key => key.Value));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private sealed record Entry(ResolvedImage Image, SigningResult? Result, TrustException? Error)
    {
        public Outcome Outcome => Error?.Info.Outcome ?? Outcome.Verified;

        // The role whose signatures the image lacks, or null.
        public PendingTargets? Waits => Result?.Pending.FirstOrDefault(role => role.File.Signed.TargetFiles.ContainsKey(Image.TargetPath));

        public string Word => Result switch { null => "Would sign", { IsPublished: true } => "Signed", _ => "Unchanged" };

        public string JsonWord => (Error, Result) switch
        {
            ({ } error, _) => Outcomes.Name(error.Info.Outcome),
            (_, null) => "planned",
            _ when Waits is not null => "pending",
            (_, { IsPublished: true }) => "signed",
            _ => "unchanged",
        };
    }
}
