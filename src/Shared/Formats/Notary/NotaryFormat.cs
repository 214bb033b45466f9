using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Formats.Notary;

/// <summary>Notary v1: versions only in the files themselves, Base64 encodings, files named by checksum, certificates as root keys.</summary>
public sealed partial class NotaryFormat : IMetadataFormat
{
    /// <summary>The role whose targets Docker takes before those of targets itself.</summary>
    public static readonly RoleName Releases = RoleName.Parse("targets/releases");

    /// <summary>The only instance; it has no state. It comes after what its rules name.</summary>
    public static readonly NotaryFormat Instance = new();

    private NotaryFormat()
    {
    }

    /// <inheritdoc/>
    public string Name => "notary";

    /// <inheritdoc/>
    public FormatRules Rules { get; } = new()
    {
        ParentsNameVersions = false,
        SnapshotListsRoot = true,
        MaySnapshotDropRoles = true,
        MaySnapshotBeUploaded = true,
        // A client may rotate a key before it publishes for the first time.
        MaxFirstRootVersion = 2,
        RootListsStandbyKeys = false,
        IsRepeatNoChange = false,
        ListsSha512 = true,
        UnverifiableRole = UnverifiableRole.IsSkipped,
        MayDelegateToNobody = true,
        // Six months by the calendar, and some days.
        SnapshotWarning = TimeSpan.FromDays(190),
        ImageRoles = [Releases, RoleName.Targets],
        PathMatches = static (prefix, path) => path.StartsWith(prefix, StringComparison.Ordinal),
        IsPatternWithin = static (prefix, outer) => prefix.StartsWith(outer, StringComparison.Ordinal),
        MayDelegate = IsDirectChild,
        // The real server hashes what it writes anew itself.
        ServersKeepUnknownMembers = false,
        RootKeysAreCertificates = true,
        RootKeyProblem = LeafCertificate.RootProblem,
        KeyLeadsTo = CertificateChain.LeadsTo,
        RootSchemes = [SignatureScheme.EcdsaP256Sha256, SignatureScheme.RsaPssSha256],
        Schemes = [SignatureScheme.EcdsaP256Sha256, SignatureScheme.Ed25519, SignatureScheme.RsaPssSha256],
        FileName = FileName,
        ListedFileName = ListedFileName,
        MayWriteRoleName = name => name.IsTopLevel || DelegatedName().IsMatch(name.Value),
        MayWritePathPattern = IsText,
        MayWriteTargetPath = path => path.Length > 0 && IsText(path),
        MayHaveHashBins = false,
        DelegatesSignImages = true,
        Signers = new SignerRules
        {
            RoleOf = RoleOfSigner,
            NameOf = static role => role.Value.StartsWith("targets/", StringComparison.Ordinal) ? role.Value["targets/".Length..] : role.Value,
            SharedRole = Releases,
            NamesKeys = false,
            AllPaths = [""],
            ReadPath = static pattern => !pattern.AsSpan().TrimEnd('*').ContainsAny('*', '?', '[')
                ? pattern.TrimEnd('*')
                : throw new TrustException(TrustError.Usage, $"\"{pattern}\" cannot be said in a Notary repository: its paths are the beginnings of tags, written as v1.*"),
            ShowPath = static prefix => prefix + "*",
            MayTerminate = false,
        },
        TargetsNameMediaTypes = false,
        TargetsAreImages = false,
    };

    /// <inheritdoc/>
    public SignedMetadata<TRole> Read<TRole>(ReadOnlyMemory<byte> file, int maxBytes)
        where TRole : class, IRole => NotaryReader.Read<TRole>(file, maxBytes);

    /// <inheritdoc/>
    public byte[] WriteSigned<TRole>(TRole role)
        where TRole : class, IRole => NotaryWriter.WriteSigned(role);

    /// <inheritdoc/>
    public byte[] WriteFile(ReadOnlySpan<byte> signed, IEnumerable<Signature> signatures) => NotaryWriter.WriteFile(signed, signatures);

    /// <inheritdoc/>
    public PublicKey DescribeKey(SignatureScheme scheme, ReadOnlyMemory<byte> material)
    {
        var source = NotaryKey.Write(scheme, material);
        return new PublicKey { Id = ComputeKeyId(source), Scheme = scheme, Material = material, Source = source };
    }

    /// <summary>A certificate of a root key; those after the first one have other ids.</summary>
    public PublicKey DescribeRootKey(ISigningKey key, RepositoryName repository, DateTimeOffset created, DateTimeOffset expires) =>
        RootCertificate.Create(key, repository, created, Latest(created + RootCertificate.DefaultLifetime, expires));

    /// <inheritdoc/>
    public PublicKey ReadKey(KeyId id, JsonElement key) => NotaryKey.Read(id, new JsonObjectReader(key, $"key {id.Short}"));

    /// <summary>SHA-256 of the canonical key object with <c>"private":null</c>; other members do not count. That of a certificate is not that of its key.</summary>
    public KeyId ComputeKeyId(JsonElement key) => NotaryKey.ComputeId(key);

    // Names as docker takes them; the one of the shared role is taken.
    private static RoleName RoleOfSigner(string name) => SignerName().IsMatch(name) && name != "releases"
        ? RoleName.ParseDelegated("targets/" + name)
        : throw new TrustException(TrustError.Usage, name == "releases"
            ? "releases cannot be the name of a signer: it is the role that all signers share."
            : $"\"{name}\" cannot be the name of a signer in a Notary repository: lower-case letters, digits, - and _ are allowed, a letter or digit first.");

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    // As the wire has it: the slashes of a delegated role stand in the path.
    private static string FileName(RoleName role, long? version) =>
        version is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}.{role}.json") : $"{role}.json";

    private static string ListedFileName(RoleName role, MetaFile listed, bool isConsistent) =>
        listed.Hashes?.Sha256 is { Length: 32 } sha256 ? $"{role}.{Hex.Encode(sha256.Span)}.json" : FileName(role, null);

    private static bool IsDirectChild(RoleName role, RoleName child) =>
        child.Value.StartsWith(role.Value + "/", StringComparison.Ordinal)
        && child.Value.Length > role.Value.Length + 1
        && child.Value.IndexOf('/', role.Value.Length + 1) < 0;

    private static bool IsText(string text) => text.Length <= MetadataLimits.MaxTargetPathLength && !text.Any(char.IsControl);

    [GeneratedRegex(@"\A[a-z0-9][-a-z0-9_]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SignerName();

    // What the real server routes: lower case, no empty part.
    [GeneratedRegex(@"\Atargets(/[-a-z0-9_]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex DelegatedName();
}
