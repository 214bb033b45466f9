using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TrustService.Cli.Home;
using TrustService.Cli.Pkcs11;
using TrustService.Errors;
using TrustService.Keys;

namespace TrustService.Cli.KeyStores;

/// <summary>Finds a private key by what a person calls it: its id or the start of it, its label, a path, or a URI.</summary>
internal sealed partial class KeyFinder(FileKeyStore store, SignerHome home, Func<string, string?> environment)
{
    private const int MinIdPrefix = 4;
    private const int MaxShownLength = 120;

    /// <summary>Finds the one key that <paramref name="reference"/> means.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/>, or <see cref="TrustError.Usage"/> if it means several.</exception>
    public KeyEntry Find(string reference)
    {
        if (reference.StartsWith(KeyUris.Environment, StringComparison.Ordinal))
            return FromEnvironment(reference[KeyUris.Environment.Length..]);
        // Before the URI is shown anywhere: it may hold a PIN, which is refused.
        if (KeyUris.OriginOf(reference) is KeyOrigin.Token)
            _ = Pkcs11Uri.Parse(reference);
        if (KeyUris.OriginOf(reference) is { } origin)
            return store.List().FirstOrDefault(entry => entry.Location == reference) ?? new KeyEntry { Origin = origin, Location = reference };
        var path = reference.StartsWith(KeyUris.File, StringComparison.Ordinal) ? reference[KeyUris.File.Length..] : reference;
        var found = Known(reference);
        return found.Count switch
        {
            1 => found[0],
            0 when File.Exists(path) => store.List().FirstOrDefault(entry => entry.Location == Path.GetFullPath(path))
                ?? new KeyEntry { Origin = KeyOrigin.File, Location = path },
            0 => throw NotFound(reference),
            _ => throw new TrustException(TrustError.Usage, $"'{reference}' means {found.Count} keys: {string.Join(", ", found.Take(5).Select(entry => entry.Id))}.") { Hint = "Give more digits of the id, or the label." },
        };
    }

    /// <summary>Finds a key of the key store, which may be changed; all others are only read.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/>, or <see cref="TrustError.Usage"/>.</exception>
    public KeyEntry FindInStore(string reference)
    {
        var entry = Find(reference);
        return entry.IsInStore
            ? entry
            : throw new TrustException(TrustError.Usage, $"{entry.Location} is not in the key store, so it is not changed here.") { Hint = $"signer key import copies it into {store.Location}." };
    }

    /// <summary>Reads the key file behind an entry; the caller disposes it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/>, <see cref="TrustError.InvalidKeyFile"/> or <see cref="TrustError.KeyNotFound"/>.</exception>
    public PrivateKeyFile ReadFile(KeyEntry entry)
    {
        var bytes = entry.Origin == KeyOrigin.Environment
            ? Encoding.UTF8.GetBytes(environment(entry.Location) ?? "")
            : PrivateFiles.Read(entry.Location, PrivateKeyFile.MaxBytes);
        try
        {
            return PrivateKeyFile.Parse(bytes);
        }
        catch (TrustException e) when (e.Error == TrustError.InvalidKeyFile)
        {
            throw new TrustException(e.Error, $"{entry.Location}: {e.Message}", e) { Hint = e.Hint };
        }
        finally
        {
            // A key that is not encrypted stands in there as it is.
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The keys of the key store, then those of Docker Content Trust.</summary>
    public IEnumerable<KeyEntry> All() => store.List().Concat(DockerKeys.List(home.DockerTrust));

    private List<KeyEntry> Known(string reference)
    {
        var all = All().ToList();
        var labelled = all.Where(entry => entry.Label == reference).ToList();
        if (labelled.Count > 0 || reference.Length < MinIdPrefix)
            return labelled;
        return [.. all.Where(entry => entry.Id is { } id && id.Value.StartsWith(reference, StringComparison.OrdinalIgnoreCase))];
    }

    private KeyEntry FromEnvironment(string variable)
    {
        if (!VariableName().IsMatch(variable))
            throw new TrustException(TrustError.Usage, "What follows env:// is not the name of a variable.") { Hint = "It is the name alone, without $: --key env://CI_KEY. If it was the key itself, others may have seen it: replace the key." };
        return string.IsNullOrEmpty(environment(variable))
            ? throw new TrustException(TrustError.KeyNotFound, $"The environment variable {variable} holds no key.") { Hint = "Put the PEM text of the key file into it." }
            : new KeyEntry { Origin = KeyOrigin.Environment, Location = variable };
    }

    // No label and hardly a path is that long; what is may be a key.
    private TrustException NotFound(string reference) => new(TrustError.KeyNotFound, $"No key is called {(reference.Length <= MaxShownLength ? $"'{reference}'" : "what is given")}: it is no id, label or file.")
    {
        Hint = $"signer key list shows the keys in {store.Location}.",
    };

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,99}\z")]
    private static partial Regex VariableName();
}
