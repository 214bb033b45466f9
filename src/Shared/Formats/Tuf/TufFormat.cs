using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Formats.Tuf;

/// <summary>TUF 1.0 with OLPC canonical JSON, hex encodings and versioned file names.</summary>
public sealed partial class TufFormat : IMetadataFormat
{
    // Before the instance, which needs it.
    private static readonly ImmutableArray<SignatureScheme> AllSchemes =
        [SignatureScheme.EcdsaP256Sha256, SignatureScheme.EcdsaP384Sha384, SignatureScheme.Ed25519, SignatureScheme.RsaPssSha256];

    /// <summary>The only instance; it has no state.</summary>
    public static readonly TufFormat Instance = new();

    /// <summary>The version of the specification that is written.</summary>
    public const string SpecVersion = "1.0.34";

    private TufFormat()
    {
    }

    /// <inheritdoc/>
    public string Name => "tuf";

    /// <inheritdoc/>
    public FormatRules Rules { get; } = new()
    {
        ParentsNameVersions = true,
        SnapshotListsRoot = false,
        MaySnapshotDropRoles = false,
        MaySnapshotBeUploaded = false,
        MaxFirstRootVersion = 1,
        RootListsStandbyKeys = true,
        IsRepeatNoChange = true,
        ListsSha512 = false,
        UnverifiableRole = UnverifiableRole.EndsSearch,
        MayDelegateToNobody = false,
        SnapshotWarning = TimeSpan.Zero,
        ImageRoles = [],
        PathMatches = GlobPattern.Matches,
        // Every delegation on the way has to match the path itself; the patterns need not fit each other.
        IsPatternWithin = (_, _) => true,
        MayDelegate = (_, _) => true,
        ServersKeepUnknownMembers = true,
        RootKeysAreCertificates = false,
        RootKeyProblem = (_, _, _) => null,
        KeyLeadsTo = (_, _, _) => false,
        RootSchemes = AllSchemes,
        Schemes = AllSchemes,
        FileName = FileName,
        ListedFileName = (role, listed, isConsistent) => FileName(role, isConsistent ? listed.Version : null),
        MayWriteRoleName = name => name.IsTopLevel || SafeRoleName().IsMatch(name.Value),
        MayWritePathPattern = pattern => SafePathPattern().IsMatch(pattern),
        MayWriteTargetPath = path => SafeTargetPath().IsMatch(path),
        MayHaveHashBins = true,
        DelegatesSignImages = false,
        Signers = new SignerRules
        {
            RoleOf = static name => SafeRoleName().IsMatch(name) && name.ToUpperInvariant() is not ("ROOT" or "TIMESTAMP" or "SNAPSHOT" or "TARGETS")
                ? RoleName.ParseDelegated(name)
                : throw new TrustException(TrustError.Usage, $"\"{name}\" cannot be the name of a signer: letters, digits, - and _ are allowed, a letter first, and none of the names of top-level roles."),
            NameOf = static role => role.Value,
            SharedRole = null,
            NamesKeys = true,
            AllPaths = ["*"],
            ReadPath = static pattern => SafePathPattern().IsMatch(pattern)
                ? pattern
                : throw new TrustException(TrustError.Usage, $"\"{pattern}\" cannot be a pattern of tags: the characters of tags, * and ? are allowed."),
            ShowPath = static pattern => pattern,
            MayTerminate = true,
        },
        TargetsNameMediaTypes = true,
        TargetsAreImages = true,
    };

    /// <inheritdoc/>
    public SignedMetadata<TRole> Read<TRole>(ReadOnlyMemory<byte> file, int maxBytes)
        where TRole : class, IRole => TufReader.Read<TRole>(file, maxBytes);

    /// <inheritdoc/>
    public byte[] WriteSigned<TRole>(TRole role)
        where TRole : class, IRole => TufWriter.WriteSigned(role);

    /// <inheritdoc/>
    public byte[] WriteFile(ReadOnlySpan<byte> signed, IEnumerable<Signature> signatures) => TufWriter.WriteFile(signed, signatures);

    /// <inheritdoc/>
    public PublicKey DescribeKey(SignatureScheme scheme, ReadOnlyMemory<byte> material)
    {
        var source = TufKey.Write(scheme, material);
        return new PublicKey { Id = ComputeKeyId(source), Scheme = scheme, Material = material, Source = source };
    }

    /// <inheritdoc/>
    public PublicKey DescribeRootKey(ISigningKey key, RepositoryName repository, DateTimeOffset created, DateTimeOffset expires) => DescribeKey(key.Scheme, key.Material);

    /// <inheritdoc/>
    public PublicKey ReadKey(KeyId id, JsonElement key) => TufKey.Read(id, new JsonObjectReader(key, $"key {id.Short}"));

    /// <summary>Lower-case hex SHA-256 of the canonical key object, all members included. Source: TUF 1.0.34 §4.2.2.</summary>
    public KeyId ComputeKeyId(JsonElement key) => new(Hex.Encode(SHA256.HashData(CanonicalJson.Encode(key))));

    // Role names are encoded as one path segment, "/" included. Source: TUF 1.0.34 §3.1.2.1.
    private static string FileName(RoleName role, long? version)
    {
        var name = Uri.EscapeDataString(role.Value) + ".json";
        return version is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}.{name}") : name;
    }

    // A name that is safe in every file system, URL and client: no separator, no leading digit that reads as a version.
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafeRoleName();

    // The characters that every client asks for unchanged. The last line of defence against names that differ between clients.
    [GeneratedRegex(@"\A(?!\.)[A-Za-z0-9._:@+-]{1,200}(/(?!\.)[A-Za-z0-9._:@+-]{1,200}){0,16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafeTargetPath();

    // Only literals, "*" and "?" mean the same to all clients.
    [GeneratedRegex(@"\A(?!\.)[A-Za-z0-9._:@+*?-]{1,200}(/(?!\.)[A-Za-z0-9._:@+*?-]{1,200}){0,16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafePathPattern();
}
