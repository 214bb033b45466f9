using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Ceremony;

/// <summary>
/// A proposal as one file that is handed round: JSON with the metadata files in Base64, because their bytes count. It holds nothing
/// that is secret, and nothing in it is believed.
/// </summary>
public static class ProposalFile
{
    /// <summary>Bytes of the file at the most: two roots and the first targets.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    private const string Kind = "root-proposal";
    private const int FormatVersion = 1;

    /// <summary>Writes a proposal.</summary>
    public static byte[] Write(RootProposal proposal) =>
    [
        .. JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Kind);
            writer.WriteNumber("version", FormatVersion);
            writer.WriteString("repository", proposal.Repository.Value);
            writer.WriteString("format", proposal.Format.Name);
            if (proposal.Current is { } current)
                writer.WriteBase64String("current", current.File.Span);
            writer.WriteBase64String("proposed", proposal.Proposed.File.Span);
            if (proposal.Targets is { } targets)
                writer.WriteBase64String("targets", targets.File.Span);
            writer.WriteEndObject();
        }),
        (byte)'\n',
    ];

    /// <summary>Reads a proposal. Its signatures may be none, wrong or too few; the current root in it is one that its own keys signed, and no more is known of it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidProposal"/>, or a coded refusal of a part.</exception>
    public static RootProposal Read(ReadOnlyMemory<byte> file)
    {
        JsonObjectReader reader;
        try
        {
            reader = new JsonObjectReader(StrictJson.Parse(file.Span, JsonLimits.OfBytes(MaxBytes)), "the proposal");
            if (reader.Text("kind") != Kind || reader.Integer("version", 1, int.MaxValue) != FormatVersion)
                throw new TrustException(TrustError.InvalidProposal, $"The file is no {Kind} of version {FormatVersion}.");
        }
        catch (TrustException e) when (e.Error is TrustError.MalformedJson or TrustError.MalformedMetadata or TrustError.TooLarge)
        {
            throw new TrustException(TrustError.InvalidProposal, $"The file is no proposal of a root: {e.Message}", e) { Hint = "signer root propose and signer root init make one; signer root pull fetches the one that is parked on the server." };
        }
        foreach (var member in reader.Members)
        {
            if (member.Name is not ("kind" or "version" or "repository" or "format" or "current" or "proposed" or "targets"))
                throw new TrustException(TrustError.InvalidProposal, $"The proposal has a member \"{member.Name}\", which this program does not know.") { Hint = "It may come from a newer version of this program." };
        }
        var format = MetadataFormats.Find(reader.Text("format"));
        return RootProposal.Of(
            format,
            RepositoryName.ParseExact(reader.Text("repository")),
            Part<Root>(format, reader, "current", VerificationLimits.Default.MaxRootBytes),
            Part<Root>(format, reader, "proposed", VerificationLimits.Default.MaxRootBytes) ?? throw new TrustException(TrustError.InvalidProposal, "The proposal has no proposed root."),
            Part<Targets>(format, reader, "targets", VerificationLimits.Default.MaxRootBytes));
    }

    private static SignedMetadata<TRole>? Part<TRole>(IMetadataFormat format, JsonObjectReader reader, string name, int maxBytes)
        where TRole : class, IRole
    {
        if (reader.Optional(name) is null)
            return null;
        var text = reader.Text(name);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? format.Read<TRole>(bytes.AsMemory(0, length), maxBytes)
            : throw new TrustException(TrustError.InvalidProposal, $"The member \"{name}\" of the proposal is not Base64.");
    }
}
