using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Json;

namespace TrustService.Formats;

/// <summary>The formats that there are.</summary>
public static class MetadataFormats
{
    /// <summary>All of them, TUF first.</summary>
    public static ImmutableArray<IMetadataFormat> All { get; } = [TufFormat.Instance, NotaryFormat.Instance];

    /// <summary>The format of that name, such as <c>tuf</c> or <c>notary</c>.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if there is none.</exception>
    public static IMetadataFormat Find(string name) => name switch
    {
        "tuf" => TufFormat.Instance,
        "notary" => NotaryFormat.Instance,
        _ => throw new TrustException(TrustError.Usage, $"\"{name}\" is not a metadata format; tuf and notary are."),
    };

    /// <summary>The format of a root file, by its <c>_type</c>. Nothing is trusted by this.</summary>
    /// <param name="root">The bytes of the file.</param>
    /// <param name="maxBytes">Bytes that the file may have.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.WrongRoleType"/> if it is the root of no format.</exception>
    public static IMetadataFormat Detect(ReadOnlySpan<byte> root, int maxBytes)
    {
        var file = new JsonObjectReader(StrictJson.Parse(root, JsonLimits.OfBytes(maxBytes)), "root");
        return file.Object("signed").Text("_type") switch
        {
            "root" => TufFormat.Instance,
            "Root" => NotaryFormat.Instance,
            _ => throw new TrustException(TrustError.WrongRoleType, "The file is not a root: its _type is neither \"root\" (TUF) nor \"Root\" (Notary)."),
        };
    }
}
