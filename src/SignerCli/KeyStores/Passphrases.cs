using System.Security.Cryptography;
using System.Text;
using TrustService.Cli.Home;
using TrustService.Cli.Output;
using TrustService.Cli.Terminals;
using TrustService.Errors;
using TrustService.Keys;

namespace TrustService.Cli.KeyStores;

/// <summary>
/// The only place that gets a passphrase or a PIN: from <c>--passphrase-file</c> or <c>--passphrase-fd</c>, the role's variable,
/// the variables of Docker Content Trust and Notary, or a question on the terminal, in this order.
/// </summary>
internal sealed class Passphrases(string? file, PassphraseDescriptor? descriptor, Func<string, string?> environment, ITerminal terminal, CommandOutput output)
{
    /// <summary>The variable with the PIN of tokens.</summary>
    public const string PinVariable = "SIGNER_PKCS11_PIN";

    private const int MaxTries = 3;

    /// <summary>Opens a key file, asking again after a wrong answer.</summary>
    /// <param name="keyFile">The file.</param>
    /// <param name="purpose">Which variables apply.</param>
    /// <param name="name">How the question and messages call the key.</param>
    /// <param name="onWrong">Told about every passphrase that does not open it, or null.</param>
    /// <exception cref="TrustException"><see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.PassphraseNeeded"/>.</exception>
    public IExportableKey Open(PrivateKeyFile keyFile, KeyPurpose purpose, string name, Action? onWrong)
    {
        if (!keyFile.IsEncrypted)
        {
            output.Notice($"{char.ToUpperInvariant(name[0])}{name[1..]} is not encrypted.");
            return keyFile.Open([]);
        }
        if (Given(purpose) is var (given, source))
        {
            using (given)
            {
                if (TryOpen(keyFile, given) is { } opened)
                    return opened;
                onWrong?.Invoke();
                throw new TrustException(TrustError.WrongPassphrase, $"The passphrase from {source} does not open {name}.");
            }
        }
        var (key, answer) = AskFor(keyFile, purpose, name, onWrong);
        answer.Dispose();
        return key;
    }

    /// <summary>True if somebody can be asked.</summary>
    public bool CanAsk => terminal.CanAsk;

    /// <summary>Every passphrase that is given for such keys: that of the file, else those of all variables. The caller disposes them.</summary>
    public IReadOnlyList<Passphrase> AllGiven(KeyPurpose purpose) => OfOption() is var (given, _)
        ? [given]
        : [.. Variables(purpose).Select(environment).OfType<string>().Distinct(StringComparer.Ordinal).Select(text => new Passphrase(Encoding.UTF8.GetBytes(text)))];

    /// <summary>Asks for the passphrase of a key until it opens; the caller disposes both.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.WrongPassphrase"/> or <see cref="TrustError.PassphraseNeeded"/>.</exception>
    public (IExportableKey Key, Passphrase Passphrase) AskFor(PrivateKeyFile keyFile, KeyPurpose purpose, string name, Action? onWrong)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = Ask($"Passphrase for {name}: ", purpose, name);
            if (TryOpen(keyFile, answer) is { } key)
                return (key, answer);
            answer.Dispose();
            onWrong?.Invoke();
            if (attempt == MaxTries)
                throw new TrustException(TrustError.WrongPassphrase, $"The passphrase does not open {name}; it was asked for {MaxTries} times.");
            output.Warn("That passphrase does not open the key.");
        }
    }

    /// <summary>Opens a key; null if the passphrase is not the right one.</summary>
    public static IExportableKey? TryOpen(PrivateKeyFile keyFile, Passphrase passphrase)
    {
        try
        {
            return keyFile.Open(passphrase.Utf8);
        }
        catch (TrustException e) when (e.Error == TrustError.WrongPassphrase)
        {
            return null;
        }
    }

    /// <summary>Gets the passphrase of a new key; a question is asked twice.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.PassphraseNeeded"/>, or <see cref="TrustError.WrongPassphrase"/> if the answers differ.</exception>
    public Passphrase ForNew(KeyPurpose purpose, string name) =>
        Warned(Given(purpose) is var (given, _) ? given : AskTwice(purpose, name), name);

    /// <summary>Asks for the passphrase of a key that has one already, whatever file and variables say.</summary>
    /// <param name="purpose">What the key is for.</param>
    /// <param name="name">How the question calls the key.</param>
    /// <param name="instead">The option that answers without a terminal.</param>
    /// <exception cref="TrustException"><see cref="TrustError.PassphraseNeeded"/>, or <see cref="TrustError.WrongPassphrase"/> if the answers differ.</exception>
    public Passphrase AskNew(KeyPurpose purpose, string name, string instead) =>
        terminal.CanAsk ? Warned(AskTwice(purpose, name), name) : throw new TrustException(TrustError.PassphraseNeeded, NeededFor(name)) { Hint = $"Give {instead}." };

    /// <summary>Gets the PIN of a token, for one try.</summary>
    /// <param name="token">How the question and messages name the token.</param>
    /// <param name="pinFile">The file that the key's URI names, or null.</param>
    /// <param name="isLastTry">True if another wrong PIN locks the token: then only a person may give one.</param>
    /// <param name="wasAsked">True if a person gave it just now.</param>
    /// <exception cref="TrustException"><see cref="TrustError.PassphraseNeeded"/></exception>
    public Passphrase ForToken(string token, string? pinFile, bool isLastTry, out bool wasAsked)
    {
        var given = pinFile is not null ? (FromFile(pinFile), pinFile)
            : environment(PinVariable) is { } text ? (new Passphrase(Encoding.UTF8.GetBytes(text)), PinVariable)
            : OfOption();
        wasAsked = given is null || isLastTry;
        if (given is not var (pin, source))
            return Ask($"PIN of {token}: ", $"The PIN of {token} is needed, and there is no terminal to ask on.", $"Set {PinVariable}, add pin-source=file:/PATH to the URI, or give --passphrase-file FILE.");
        if (!isLastTry)
            return pin;
        pin.Dispose();
        return Ask($"PIN of {token}: ", $"The PIN from {source} was not tried: another wrong one locks {token}.", "Run it on a terminal, and type the PIN. A right one sets the count back.");
    }

    /// <summary>Says that the device itself asks.</summary>
    public void SayPinPad(string token) => output.Say($"Type the PIN of {token} on the device.");

    /// <summary>Says that an answer was wrong, before the next question.</summary>
    public void WarnWrong(string line) => output.Warn(line);

    /// <summary>Gets the passphrase of something that has one, for one try.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.PassphraseNeeded"/></exception>
    public Passphrase ForExisting(KeyPurpose purpose, string name) => Given(purpose) is var (given, _) ? given : Ask($"Passphrase for {name}: ", purpose, name);

    /// <summary>The same sources, but without what the command line names.</summary>
    public Passphrases WithVariablesOnly() => new(null, null, environment, terminal, output);

    /// <summary>The same sources, but with a passphrase file.</summary>
    public Passphrases WithFile(string path) => new(path, null, environment, terminal, output);

    /// <summary>The variable that gives the passphrase of such keys.</summary>
    public static string VariableOf(KeyPurpose purpose) => Variables(purpose)[0];

    private static string[] Variables(KeyPurpose purpose) => purpose switch
    {
        KeyPurpose.Root => ["SIGNER_ROOT_PASSPHRASE", "DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE", "NOTARY_ROOT_PASSPHRASE"],
        KeyPurpose.Targets => ["SIGNER_TARGETS_PASSPHRASE", "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE", "NOTARY_TARGETS_PASSPHRASE"],
        KeyPurpose.Backup => ["SIGNER_BACKUP_PASSPHRASE"],
        KeyPurpose.Snapshot => ["SIGNER_SNAPSHOT_PASSPHRASE", "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE", "NOTARY_SNAPSHOT_PASSPHRASE"],
        _ => ["SIGNER_DELEGATION_PASSPHRASE", "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE", "NOTARY_DELEGATION_PASSPHRASE"],
    };

    private (Passphrase Passphrase, string Source)? Given(KeyPurpose purpose)
    {
        if (OfOption() is { } option)
            return option;
        var variables = Variables(purpose);
        foreach (var variable in variables)
        {
            // Set but empty is a value.
            if (environment(variable) is not { } text)
                continue;
            if (variable != variables[0])
                output.Notice($"The passphrase is taken from {variable}; the variable of this program is {variables[0]}.");
            return (new Passphrase(Encoding.UTF8.GetBytes(text)), variable);
        }
        return null;
    }

    // What the command line names; a copy, which the caller disposes.
    private (Passphrase Passphrase, string Source)? OfOption() =>
        file is not null ? (FromFile(file), file)
        : descriptor is not null ? (descriptor.Read(), descriptor.Name)
        : null;

    private static Passphrase FromFile(string path)
    {
        var bytes = PrivateFiles.Read(path, Passphrase.MaxBytes);
        try
        {
            return bytes.AsSpan().StartsWith("\uFEFF"u8)
                ? throw new TrustException(TrustError.Usage, $"{path} starts with a byte order mark, which would be a part of the passphrase.") { Hint = "Save it as plain text, without a byte order mark (an editor may call it BOM)." }
                : Passphrase.OfFirstLine(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private Passphrase AskTwice(KeyPurpose purpose, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            var first = Ask($"  Passphrase for {name}: ", purpose, name);
            using var second = Ask("  Repeat: ", purpose, name);
            if (first.Matches(second))
                return first;
            first.Dispose();
            if (attempt == MaxTries)
                throw new TrustException(TrustError.WrongPassphrase, "The two answers differ; no key was written.");
            output.Warn("The two answers differ. Once more:");
        }
    }

    private Passphrase Ask(string prompt, KeyPurpose purpose, string name) => Ask(prompt, NeededFor(name), $"Set {VariableOf(purpose)}, or give --passphrase-file FILE.");

    private Passphrase Ask(string prompt, string otherwise, string hint)
    {
        output.EndProgress();
        return terminal.CanAsk && terminal.ReadSecret(prompt) is { } answer
            ? new Passphrase(answer)
            : throw new TrustException(TrustError.PassphraseNeeded, otherwise) { Hint = hint };
    }

    private Passphrase Warned(Passphrase passphrase, string name)
    {
        if (passphrase.Utf8.IsEmpty)
            output.Warn($"The passphrase of {name} is empty: whoever can read its file can use the key.");
        return passphrase;
    }

    private static string NeededFor(string name) => $"The passphrase for {name} is needed, and there is no terminal to ask on.";
}
