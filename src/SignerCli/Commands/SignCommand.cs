using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer sign</c>.</summary>
internal sealed class SignCommand : SignerCommand
{
    private readonly Argument<string[]> references = new("reference") { HelpName = "REFERENCE", Description = "REPOSITORY:TAG, REPOSITORY[:TAG]@sha256:DIGEST, or oci:DIR[:TAG] with --as", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> names = new("--as") { HelpName = "REFERENCE", Description = "Name of the image in an image layout; once for each oci:DIR", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> expectedDigest = new("--expect-digest") { HelpName = "DIGEST", Description = "Refuse to sign anything but this digest" };
    private readonly Option<bool> isRecursive = new("--recursive", "-r") { Description = "Sign every platform of an index by its digest as well" };
    private readonly Option<bool> isDryRun = new("--dry-run") { Description = "Show what would be signed, and stop" };
    private readonly Option<string[]> custom = new("--custom", "-a", "-m") { HelpName = "NAME=VALUE", Description = "Text to sign along with the image", Arity = ArgumentArity.OneOrMore };
    private readonly SigningFlags options = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public SignCommand(CliHost host, GlobalOptions globals)
        : base("sign", "Sign images. A tag is resolved once, and exactly that digest is signed.", host, globals)
    {
        Registry = new RegistryFlags();
        Arguments.Add(references);
        foreach (var option in (Option[])[names, expectedDigest, isRecursive, isDryRun, options.Yes, custom, .. options.Others, .. trust.ForSigning, .. Registry.All])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer sign registry.example.com/team/app:1.4.2",
        "signer sign -y registry.example.com/team/app:1.4.2@sha256:9995…4662",
        "signer sign oci:build/app:1.4.2 --as registry.example.com/team/app:1.4.2",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => ImageArgument.NamesOf(parse.GetValue(references) ?? [], parse.GetValue(names) ?? []);

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var images = ImageArgument.ReadAll(context.Output, context.Parse.GetValue(references)!, context.Parse.GetValue(names) ?? []);
        var request = options.Read(context.Parse);
        var annotations = ReadCustom(context.Parse.GetValue(custom) ?? []);
        var expected = context.Parse.GetValue(expectedDigest) is { } text ? Digest.Parse(text) : null;
        if (expected is not null && images.Length > 1)
            throw new TrustException(TrustError.Usage, $"--expect-digest belongs to one image, but {images.Length} are named.") { Hint = "Write the digest behind each reference instead: REPOSITORY:TAG@sha256:…" };

        using var registry = Registry!.Open(context.Host, context.Parse, images[0].Reference.Repository);
        // Known before any registry is asked; where some are pinned, each repository stands for itself.
        var opening = new RepositoryOpening(context, trust);
        if (!context.Parse.GetValue(isDryRun) && !images.Any(image => opening.IsPinned(image.Reference.Repository)))
            throw PinnedRoots.NotPinned(images[0].Reference.Repository);
        var resolved = ImmutableArray.CreateBuilder<ResolvedImage>(images.Length);
        foreach (var image in images)
            resolved.Add(await context.WithinTimeoutAsync(token => ResolveAsync(context, image, expected, registry, token), cancellationToken));

        var results = new SignResults();
        using var signing = new RepositorySigning(context, trust, request);
        foreach (var repository in resolved.GroupBy(image => image.Reference.Repository))
        {
            if (context.Parse.GetValue(isDryRun))
                results.AddPlanned(repository);
            else
                await results.AddAsync(repository, () => SignAsync(signing, repository, annotations, cancellationToken));
        }
        return results.Show(context.Output);
    }

    private static async Task<SigningResult> SignAsync(RepositorySigning signing, IGrouping<RepositoryName, ResolvedImage> images, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        var (current, roles) = await signing.ReadAsync(images.Key, ChangeIn, targets => signing.Roles.Needed(targets, ChangeIn(targets)), now => signing.Roles.ForSigning(now, ChangeIn(now.Targets)), cancellationToken);
        return await signing.PublishAsync(images.Key, current, roles, ChangeIn(current.Targets), Question(images), cancellationToken);

        TargetsChange ChangeIn(TrustedTargets targets) => ChangeOf(images, annotations, targets.Snapshot.Root.Format.Rules);
    }

    private async Task<ResolvedImage> ResolveAsync(CommandContext context, ImageArgument image, Digest? expected, IImageSource registry, CancellationToken cancellationToken)
    {
        var source = image.Layout is null ? registry : new ImageLayout(image.Layout);
        context.Output.Progress($"Resolving {image.Reference}");
        var manifest = await image.ResolveAsync(registry, cancellationToken);
        if (expected is not null && !expected.Matches(manifest.Bytes.Span))
        {
            throw new TrustException(TrustError.DigestMismatch, $"{image.Reference} is {manifest.Digest} now, not the expected {expected}. Nothing was signed.")
            {
                Hint = "Somebody pushed after the image was built. Sign the digest that your build reported.",
            };
        }
        var children = manifest.Kind == ManifestKind.Index && context.Parse.GetValue(isRecursive)
            ? await ManifestTree.FetchChildrenAsync(source, image.Reference.Repository, manifest, cancellationToken)
            : [];
        context.Output.Say("Resolved", $"{image.Layout?.ToString() ?? image.Reference.ToString()} → {manifest.Digest}  ({Describe(manifest)})");
        return new ResolvedImage(image.Reference, ResolvedImage.Describe(manifest), [.. children.Select(ResolvedImage.Describe)]);
    }

    private static TargetsChange ChangeOf(IEnumerable<ResolvedImage> images, IReadOnlyDictionary<string, string> annotations, FormatRules rules)
    {
        var set = ImmutableSortedDictionary.CreateBuilder<string, TargetFile>(StringComparer.Ordinal);
        foreach (var image in images)
        {
            // A platform that was asked for by name as well keeps what was said about it.
            foreach (var child in image.Children)
                set.TryAdd(TargetNames.ForDigest(child.Digest), ImageTarget.OfPlatform(child, image.Image.Digest));
            if (set.TryGetValue(image.TargetPath, out var other) && !other.Hashes.ContentEquals(FileHashes.FromSha256(Convert.FromHexString(image.Image.Digest.Hex))))
                throw new TrustException(TrustError.Usage, $"{image.TargetPath} is named twice, with different digests.");
            set[image.TargetPath] = rules.TargetsNameMediaTypes ? ImageTarget.Of(image.Image, annotations) : ImageTarget.Plain(image.Image, annotations);
        }
        return new TargetsChange { Set = set.ToImmutable() };
    }

    private static Func<string, string> Question(IEnumerable<ResolvedImage> images) => keyNames =>
        $"Sign {string.Join(", ", images.Select(image => $"{image.TargetPath} → {image.Image.Digest.Short}{(image.Children.IsEmpty ? "" : $" and its {image.Children.Length} platforms")}"))} with {keyNames}?";

    private static string Describe(Manifest manifest)
    {
        var size = manifest.Bytes.Length.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');
        var kind = manifest.Kind == ManifestKind.Index ? $"index, {manifest.Children.Length} {(manifest.Children.Length == 1 ? "manifest" : "manifests")}" : "image";
        return $"{kind}, {size} bytes";
    }

    private static Dictionary<string, string> ReadCustom(string[] pairs)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            if (pair.IndexOf('=') is var at and > 0 && read.TryAdd(pair[..at], pair[(at + 1)..]))
                continue;
            throw new TrustException(TrustError.Usage, $"--custom {Printable.Text(pair)} is not NAME=VALUE, or its name is given twice.");
        }
        return ImageTarget.ReservedNames.FirstOrDefault(read.ContainsKey) is { } reserved
            ? throw new TrustException(TrustError.Usage, $"--custom {reserved} cannot be given: signing writes it from the image.")
            : read;
    }
}
