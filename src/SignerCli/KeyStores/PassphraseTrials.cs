using TrustService.Errors;
using TrustService.Keys;

namespace TrustService.Cli.KeyStores;

/// <summary>
/// Opens many keys whose passphrases may differ: with every passphrase that is given for such keys, then with those that
/// opened others, and asks only if none fits.
/// </summary>
internal sealed class PassphraseTrials(Passphrases passphrases) : IDisposable
{
    private readonly List<Passphrase> answers = [];
    private readonly Dictionary<KeyPurpose, IReadOnlyList<Passphrase>> given = [];

    /// <summary>Opens a key.</summary>
    /// <returns>The key, which the caller disposes, and the passphrase that opened it; null if the file was not encrypted. The passphrase stays the property of this object.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.PassphraseNeeded"/>, or a refusal of the key.</exception>
    public (IExportableKey Key, Passphrase? Passphrase) Open(PrivateKeyFile file, KeyPurpose purpose, string name)
    {
        if (!file.IsEncrypted)
            return (file.Open([]), null);
        if (!given.TryGetValue(purpose, out var known))
            given.Add(purpose, known = passphrases.AllGiven(purpose));
        foreach (var passphrase in known.Concat(answers))
        {
            if (Passphrases.TryOpen(file, passphrase) is { } key)
                return (key, passphrase);
        }
        return Ask(file, purpose, name, known.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var passphrase in given.Values.SelectMany(list => list).Concat(answers))
            passphrase.Dispose();
    }

    private (IExportableKey Key, Passphrase? Passphrase) Ask(PrivateKeyFile file, KeyPurpose purpose, string name, int tried)
    {
        if (tried > 0 && !passphrases.CanAsk)
            throw new TrustException(TrustError.WrongPassphrase, $"None of the passphrases that are given opens {name}.") { Hint = $"Set {Passphrases.VariableOf(purpose)}, or give --passphrase-file FILE, and run it again: what is here already is kept." };
        var (key, passphrase) = passphrases.AskFor(file, purpose, name, onWrong: null);
        answers.Add(passphrase);
        return (key, passphrase);
    }
}
