using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Cli.Commands;

/// <summary>An image as it was named on the command line.</summary>
/// <param name="Reference">Its name: what it is signed and verified as.</param>
/// <param name="Layout">The image layout on disk that holds it, or null for a registry.</param>
internal sealed record ImageArgument(ImageReference Reference, OciLayoutReference? Layout)
{
    /// <summary>Reads images; each image layout takes the next name of <c>--as</c>.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/>, or a refusal of a reference.</exception>
    public static ImmutableArray<ImageArgument> ReadAll(CommandOutput output, IReadOnlyList<string> texts, IReadOnlyList<string> names)
    {
        var images = ImmutableArray.CreateBuilder<ImageArgument>(texts.Count);
        var next = 0;
        foreach (var text in texts)
        {
            if (!text.StartsWith(OciLayoutReference.Prefix, StringComparison.Ordinal))
                images.Add(new ImageArgument(ReadReference(output, text), null));
            else if (next < names.Count)
                images.Add(new ImageArgument(ReadReference(output, names[next++]), OciLayoutReference.Parse(text)));
            else
                throw new TrustException(TrustError.Usage, $"{text} is a directory: it does not say which image it holds.") { Hint = "Give --as REPOSITORY:TAG, once for each image layout." };
        }
        if (next < names.Count)
            throw new TrustException(TrustError.Usage, $"--as {names[next]} has no image layout (oci:DIR) to name.") { Hint = "An image in a registry is signed and verified under its own name." };
        return images.MoveToImmutable();
    }

    /// <summary>What each image is called, as it was typed: the name of <c>--as</c> for an image layout.</summary>
    public static IReadOnlyList<string> NamesOf(IReadOnlyList<string> texts, IReadOnlyList<string> names)
    {
        var next = 0;
        return [.. texts.Select(text => text.StartsWith(OciLayoutReference.Prefix, StringComparison.Ordinal) && next < names.Count ? names[next++] : text)];
    }

    /// <summary>Reads a reference; what people paste from a browser is explained.</summary>
    /// <exception cref="TrustException">A refusal of the reference.</exception>
    public static ImageReference ReadReference(CommandOutput output, string text)
    {
        if (text.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0)
            throw new TrustException(TrustError.InvalidReference, $"'{Printable.Text(text)}' is an address, not an image reference.") { Hint = $"Write it without {text[..(scheme + 3)]}" };
        var reference = ImageReference.Parse(text);
        if (reference.TagIsImplied)
            output.Notice($"{text} names no tag: latest is meant.");
        return reference;
    }

    /// <summary>The image as its source has it now, asked for once.</summary>
    /// <exception cref="TrustException">A refusal of the source.</exception>
    public async Task<Manifest> ResolveAsync(IImageSource registry, CancellationToken cancellationToken)
    {
        if (Layout is null)
            return await registry.ResolveAsync(Reference, cancellationToken);
        var manifest = await new ImageLayout(Layout).ResolveAsync(cancellationToken);
        return Reference.Digest is { } named && !named.Matches(manifest.Bytes.Span)
            ? throw new TrustException(TrustError.DigestMismatch, $"{Layout} holds {manifest.Digest}, not {named}.")
            : manifest;
    }
}
