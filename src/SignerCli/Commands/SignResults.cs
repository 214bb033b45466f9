using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>What <c>signer sign</c> did, image by image.</summary>
internal sealed class SignResults
{
    private readonly List<(ResolvedImage Image, SigningResult? Result)> entries = [];

    /// <summary>Notes images of one repository that were signed, or were signed that way before.</summary>
    public void Add(IEnumerable<ResolvedImage> images, SigningResult result) => entries.AddRange(images.Select(image => (image, (SigningResult?)result)));

    /// <summary>Notes images that were only looked at.</summary>
    public void AddPlanned(IEnumerable<ResolvedImage> images) => entries.AddRange(images.Select(image => (image, (SigningResult?)null)));

    /// <summary>Shows them; the result of each is its name with the signed digest.</summary>
    public void Show(CommandOutput output)
    {
        foreach (var (image, result) in entries)
        {
            output.Say($"{Word(result)}  {image.TargetPath}  {image.Image.Digest}{(result is null ? "" : $"  (targets {result.Version}, until {CommandOutput.Date(result.Expires)})")}");
            foreach (var child in image.Children)
                output.Say($"{Word(result)}  {child.Digest}  {child.MediaType}");
            output.Result(image.Pinned);
        }
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var (image, result) in entries)
            {
                writer.WriteStartObject();
                writer.WriteString("reference", image.Reference.ToString());
                writer.WriteOutcome(result is null ? "planned" : result.IsPublished ? "signed" : "unchanged", Outcome.Verified);
                writer.WriteString("repository", image.Reference.Repository.Value);
                writer.WriteString("target", image.TargetPath);
                writer.WriteString("digest", image.Image.Digest.ToString());
                writer.WriteString("mediaType", image.Image.MediaType);
                writer.WriteNumber("size", image.Image.Size);
                writer.WriteString("pinned", image.Reference.Pinned(image.Image.Digest).ToString());
                if (!image.Children.IsEmpty)
                    writer.WriteTexts("platforms", image.Children.Select(child => child.Digest.ToString()));
                if (result is not null)
                    WriteResult(writer, result);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    private static void WriteResult(System.Text.Json.Utf8JsonWriter writer, SigningResult result)
    {
        writer.WriteStartArray("signedBy");
        writer.WriteStartObject();
        writer.WriteString("role", "targets");
        writer.WriteTexts("keyids", result.SigningKeys.Select(key => key.Value));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("metadata");
        writer.WriteStartObject("targets");
        writer.WriteNumber("version", result.Version);
        writer.WriteTime("expires", result.Expires);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string Word(SigningResult? result) => result switch { null => "Would sign", { IsPublished: true } => "Signed", _ => "Unchanged" };
}
