using System.Security.Cryptography;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Samples;

namespace TrustService.LoadTool;

/// <summary>A repository of either format whose root and targets keys are here, signed as <c>signer</c> does it; the server holds the keys of snapshot and timestamp.</summary>
internal sealed class OwnedRepository
{
    private readonly IMetadataFormat format;
    private readonly string metadataPath;
    private readonly ISigningKey rootKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly IExportableKey targetsKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly PublicKey targetsPublicKey;
    private readonly SignedMetadata<Root> root;
    private Targets targets;

    private OwnedRepository(IMetadataFormat format, RepositoryName name, string publishPath, Targets first, OnlineKeySet snapshotKeys, OnlineKeySet timestampKeys)
    {
        this.format = format;
        PublishPath = publishPath;
        metadataPath = publishPath.TrimEnd('/') + "/";
        targetsPublicKey = format.DescribeKey(targetsKey.Scheme, targetsKey.Material);
        root = NewRepository.Create(format, name, rootKey, targetsKey, snapshotKeys.All, timestampKeys.All, TimeProvider.System.GetUtcNow(), first.Expires, first.Expires).Root;
        targets = first;
    }

    /// <summary>Where uploads are posted to.</summary>
    public string PublishPath { get; }

    /// <summary>Where the current timestamp is read.</summary>
    public string TimestampPath => metadataPath + format.Rules.FileName(RoleName.Timestamp, null);

    /// <summary>The file of the first root, for clients that pin it.</summary>
    public ReadOnlyMemory<byte> RootFile => root.File;

    /// <summary>The targets key as PEM, not encrypted, for programs that sign on.</summary>
    public string TargetsKeyPem() => PemEncoding.WriteString("PRIVATE KEY", targetsKey.ExportPkcs8());

    /// <summary>Asks the server for its keys and makes a repository with the first images; nothing of it is published yet.</summary>
    /// <param name="format">The format, which decides the protocol.</param>
    /// <param name="server">The server, spoken to in that protocol.</param>
    /// <param name="name">The repository.</param>
    /// <param name="publishPath">Where this protocol posts uploads to.</param>
    /// <param name="targets">Number of images.</param>
    /// <param name="expires">Expiry of root and targets, UTC.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public static async Task<OwnedRepository> CreateAsync(
        IMetadataFormat format, ITrustServer server, RepositoryName name, string publishPath, int targets, DateTimeOffset expires, CancellationToken cancellationToken) => new(
            format,
            name,
            publishPath,
            SampleImages.Targets(targets, expires),
            await server.RequestOnlineKeysAsync(format, name, RoleName.Snapshot, cancellationToken),
            await server.RequestOnlineKeysAsync(format, name, RoleName.Timestamp, cancellationToken));

    /// <summary>Signs the first publish: root and targets.</summary>
    public Upload First()
    {
        var file = SignTargets();
        return Uploading(file, ("root", root.File.ToArray()), ("targets", file.File.ToArray()));
    }

    /// <summary>Signs the publish after the last one: targets with one tag moved.</summary>
    public Upload Next()
    {
        targets = SampleImages.MoveFirstTag(targets);
        var file = SignTargets();
        return Uploading(file, ("targets", file.File.ToArray()));
    }

    private SignedMetadata<Targets> SignTargets() => MetadataSigner.Sign(format, ForFormat(targets), [targetsPublicKey], [targetsKey]);

    // Docker writes no custom data.
    private Targets ForFormat(Targets targets) => format.Rules.TargetsNameMediaTypes
        ? targets
        : targets with { TargetFiles = targets.TargetFiles.ToDictionary(entry => entry.Key, entry => entry.Value with { Custom = null }, StringComparer.Ordinal).AsReadOnly() };

    private Upload Uploading(SignedMetadata<Targets> file, params (string Role, byte[] File)[] parts) =>
        new(Multipart.Write(parts), Multipart.ContentType, file.File.ToArray(), metadataPath + format.Rules.ListedFileName(RoleName.Targets, file.Describe(), true));
}
