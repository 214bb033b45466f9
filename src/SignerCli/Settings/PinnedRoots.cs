using System.Text;
using TrustService.Cli.Home;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Http;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Settings;

/// <summary>The roots that this user pins: by option, in the settings, or saved by <c>signer init</c> and <c>--tofu</c>.</summary>
internal sealed class PinnedRoots(SignerHome home, SignerConfig config)
{
    // Names of repositories are hashed in the names of files, so the name stands in a file of its own, with the server.
    private const string PlaceSuffix = ".place";
    private const string RootSuffix = ".root.json";
    private const int MaxPlaceBytes = 16 * 1024;

    /// <summary>The pin for a repository, or null if there is none.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="given">A file or a fingerprint from the command line, or null.</param>
    /// <exception cref="TrustException">A coded refusal of the pin.</exception>
    public TrustAnchor? Find(RepositoryName repository, string? given)
    {
        if (given is not null)
            return Read(given);
        var configured = config.Roots.Where(entry => entry.Pattern.Matches(repository)).OrderByDescending(entry => entry.Pattern.Narrowness).FirstOrDefault();
        if (configured.Root is { } root)
            return Read(root);
        return File.Exists(PathOf(repository)) ? OfFile(PathOf(repository)) : null;
    }

    /// <summary>Saves a root file, so that later commands of this user pin it.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="file">The root.</param>
    /// <param name="server">Address of where the repository is, or null if that is not known.</param>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public void Save(RepositoryName repository, ReadOnlySpan<byte> file, string? server)
    {
        PrivateFiles.EnsureDirectory(home.Roots);
        PrivateFiles.Replace(PathOf(repository), file);
        WritePlace(repository, server);
    }

    /// <summary>Notes where a repository is whose root was saved without that. A note that is there stays.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public void NotePlace(RepositoryName repository, string server)
    {
        if (File.Exists(PathOf(repository)) && PlaceIn(home.Roots, repository.FileName)?.Server is null)
            WritePlace(repository, server);
    }

    /// <summary>The saved roots of which nobody noted where their repository is.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public IEnumerable<UnplacedRoot> Unplaced()
    {
        if (!Directory.Exists(home.Roots))
            yield break;
        foreach (var path in Directory.EnumerateFiles(home.Roots, "*" + RootSuffix).Order(StringComparer.Ordinal))
        {
            var key = Path.GetFileName(path)[..^RootSuffix.Length];
            var place = PlaceIn(home.Roots, key);
            if (place?.Server is null)
                yield return new UnplacedRoot(path, key, place?.Repository ?? NameIn(path, key));
        }
    }

    /// <summary>The repositories by name that are pinned here and known to be at a server: saved from it, or in the settings that name it or none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public IEnumerable<RepositoryName> At(string server)
    {
        var configured = config.Server is null || config.Server.TrimEnd('/') == server.TrimEnd('/') ? config.Roots.Select(entry => entry.Pattern.Repository).OfType<RepositoryName>() : [];
        return configured.Concat(SavedAt(server)).Distinct();
    }

    /// <summary>The refusal for a repository without a pin.</summary>
    public static TrustException NotPinned(RepositoryName repository) => new(TrustError.RootNotPinned, $"No root is pinned for {repository}, so nothing that a server says about it can be trusted.")
    {
        Hint = "Give --root FILE or --root root:1:sha256:… as the repository's owners told you (signer init and signer root export --fingerprint print it), or pin it in the settings.",
    };

    /// <summary>A pin from a file in <paramref name="directory"/>: a path in it is taken from there.</summary>
    public static string InDirectory(string pin, string directory) =>
        RootPin.IsFingerprint(pin) || pin.StartsWith(CertificatePin.Prefix, StringComparison.Ordinal) ? pin
        : pin.StartsWith(AuthorityPin.Prefix, StringComparison.Ordinal) ? AuthorityPin.Prefix + Path.GetFullPath(pin[AuthorityPin.Prefix.Length..], directory)
        : Path.GetFullPath(pin, directory);

    /// <summary>Reads a pin as people write it: a file, or what stands for one.</summary>
    /// <exception cref="TrustException">A coded refusal of the pin.</exception>
    public static TrustAnchor Read(string pin) =>
        RootPin.IsFingerprint(pin) ? RootPin.ParseFingerprint(pin)
        : pin.StartsWith(CertificatePin.Prefix, StringComparison.Ordinal) ? CertificatePin.Parse(pin)
        : pin.StartsWith(AuthorityPin.Prefix, StringComparison.Ordinal) ? OfAuthority(pin[AuthorityPin.Prefix.Length..])
        : OfFile(pin);

    /// <summary>Pins the authorities of a file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.Usage"/>.</exception>
    public static AuthorityPin OfAuthority(string path) =>
        AuthorityPin.OfPem(path, Encoding.UTF8.GetString(PrivateFiles.Read(path, HttpLimits.MaxCertificateFileBytes)));

    private IEnumerable<RepositoryName> SavedAt(string server)
    {
        if (!Directory.Exists(home.Roots))
            yield break;
        foreach (var path in Directory.EnumerateFiles(home.Roots, "*" + PlaceSuffix).Order(StringComparer.Ordinal))
        {
            if (PlaceIn(home.Roots, Path.GetFileNameWithoutExtension(path)) is { } place && place.Server == server && File.Exists(PathOf(place.Repository)))
                yield return place.Repository;
        }
    }

    private void WritePlace(RepositoryName repository, string? server) =>
        PrivateFiles.Replace(Path.Combine(home.Roots, repository.FileName + PlaceSuffix), Encoding.UTF8.GetBytes($"{repository}\n{server}\n"));

    // Whatever lies there is a note of the repository whose file it is, or none.
    private static (RepositoryName Repository, string? Server)? PlaceIn(string directory, string key)
    {
        var path = Path.Combine(directory, key + PlaceSuffix);
        if (!File.Exists(path))
            return null;
        var lines = Encoding.UTF8.GetString(PrivateFiles.Read(path, MaxPlaceBytes)).Split('\n');
        return lines.Length > 1 && RepositoryName.TryParseCanonical(lines[0], out var repository) && repository.FileName == key ? (repository, lines[1].Length > 0 ? lines[1] : null) : null;
    }

    private static RepositoryName? NameIn(string path, string key)
    {
        try
        {
            var file = PrivateFiles.Read(path, VerificationLimits.Default.MaxRootBytes);
            var root = TrustedRoot.Pin(MetadataFormats.Detect(file, VerificationLimits.Default.MaxRootBytes), file, VerificationLimits.Default);
            return RepositoryName.TryParseCanonical(root.Metadata.Signed.Repository, out var repository) && repository.FileName == key ? repository : null;
        }
        catch (TrustException)
        {
            // What cannot be read has no name; it is told of by its file.
            return null;
        }
    }

    private static RootPin OfFile(string path)
    {
        var file = PrivateFiles.Read(path, VerificationLimits.Default.MaxRootBytes);
        try
        {
            return RootPin.OfFile(MetadataFormats.Detect(file, VerificationLimits.Default.MaxRootBytes), file);
        }
        catch (TrustException e)
        {
            throw new TrustException(e.Error, $"The pinned root {path} cannot be used: {e.Message}", e) { Role = e.Role, Hint = e.Hint };
        }
    }

    private string PathOf(RepositoryName repository) => Path.Combine(home.Roots, repository.FileName + RootSuffix);
}
