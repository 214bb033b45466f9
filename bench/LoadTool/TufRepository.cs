using System.Globalization;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Samples;

namespace TrustService.LoadTool;

/// <summary>A repository of this server: TUF metadata, signed as <c>signer</c> does it.</summary>
internal sealed class TufRepository : IOwnedRepository
{
    private readonly string path;
    private readonly ISigningKey rootKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly ISigningKey targetsKey = SigningKeys.Generate(SigningKeys.DefaultScheme);
    private readonly PublicKey targetsPublicKey;
    private readonly SignedMetadata<Root> root;
    private Targets targets;

    private TufRepository(string name, Targets first, OnlineKeySet snapshotKeys, OnlineKeySet timestampKeys)
    {
        path = $"/tuf/{name}/metadata";
        var format = TufFormat.Instance;
        targetsPublicKey = format.DescribeKey(targetsKey.Scheme, targetsKey.Material);
        root = NewRepository.Create(format, RepositoryName.Parse(name), rootKey, targetsKey, snapshotKeys.All, timestampKeys.All, DateTimeOffset.UtcNow, first.Expires, first.Expires).Root;
        targets = first;
    }

    public string PublishPath => path;

    public string TimestampPath => $"{path}/timestamp.json";

    public ReadOnlyMemory<byte> RootFile => root.File;

    /// <summary>Asks the server for its keys and makes a repository with the first images.</summary>
    public static async Task<IOwnedRepository> CreateAsync(HttpClient http, string name, int targets, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        var server = new TrustServerClient(new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions()), http.BaseAddress!.ToString());
        var repository = RepositoryName.Parse(name);
        return new TufRepository(
            name,
            SampleImages.Targets(targets, expires),
            await server.RequestOnlineKeysAsync(TufFormat.Instance, repository, RoleName.Snapshot, cancellationToken),
            await server.RequestOnlineKeysAsync(TufFormat.Instance, repository, RoleName.Timestamp, cancellationToken));
    }

    public Upload First()
    {
        var file = SignTargets();
        return Uploading(file, ("root", root.File.ToArray()), ("targets", file));
    }

    public Upload Next()
    {
        targets = SampleImages.MoveFirstTag(targets);
        var file = SignTargets();
        return Uploading(file, ("targets", file));
    }

    private byte[] SignTargets() => MetadataSigner.Sign(TufFormat.Instance, targets, [targetsPublicKey], [targetsKey]).File.ToArray();

    private Upload Uploading(byte[] targetsFile, params (string Role, byte[] File)[] parts) =>
        new(Multipart.Write(parts), Multipart.ContentType, targetsFile, string.Create(CultureInfo.InvariantCulture, $"{path}/{targets.Version}.targets.json"));
}
