using TrustService.Ceremony;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>Public keys of the people who hold the keys of a repository, as the command line names them: <c>alice=alice.pub</c>.</summary>
/// <param name="context">The run.</param>
/// <param name="format">The repository's format.</param>
/// <param name="repository">The repository.</param>
internal sealed class HolderKeys(CommandContext context, IMetadataFormat format, RepositoryName repository)
{
    private const string Certificate = "-----BEGIN CERTIFICATE-----";
    private const int MaxBytes = 64 * 1024;

    // Clocks of readers differ.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromHours(1);

    /// <summary>Parts a name from what follows it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static (string Name, string Key) Split(string text, string option) => text.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && at + 1 < text.Length
        ? (KeyNames.Require(text[..at]), text[(at + 1)..])
        : throw new TrustException(TrustError.Usage, $"{option} is \"{text}\"; NAME=KEY is needed.") { Hint = $"As in {option} alice=alice.pub, where alice.pub is what signer key export wrote." };

    /// <summary>The key of a role that is meant by the name of its holder or by the start of its id.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if it is none or several.</exception>
    public static KeyId Find(Root current, RoleName role, string text)
    {
        var holders = KeyHolder.Of(current, role).ToList();
        var found = holders.Where(holder => holder.Name == text).ToList();
        if (found.Count == 0 && text.Length >= 4)
            found = holders.FindAll(holder => holder.Id.Value.StartsWith(text, StringComparison.OrdinalIgnoreCase) || holder.Id.Short == text);
        return found.Count == 1
            ? found[0].Id
            : throw new TrustException(TrustError.KeyNotFound, $"'{text}' means {(found.Count == 0 ? "none" : "several")} of the {role} keys of root {current.Version}.") { Role = role.Value, Hint = $"They are {string.Join(", ", holders)}." };
    }

    /// <summary>A key of the root role: a public key, or a certificate where the format has them.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public PublicKey ReadRoot(string reference)
    {
        if (!format.Rules.RootKeysAreCertificates)
            return Read(reference);
        if (File.Exists(reference) && PrivateFiles.Read(reference, MaxBytes) is var file && System.Text.Encoding.Latin1.GetString(file).Contains(Certificate, StringComparison.Ordinal))
            return RequireFor(reference, RootCertificate.Read(file));
        var key = context.PublicKeys.Read(reference);
        return context.Keys.List().FirstOrDefault(entry => entry.IsSame(key)) is { } own
            ? Certify(own)
            : throw new TrustException(TrustError.Usage, $"{reference} is a public key; a root key of a repository in the format {format.Name} is a certificate, which its holder makes.") { Hint = $"The holder runs: signer key certificate KEY {repository} > holder.crt" };
    }

    /// <summary>A key of another role.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public PublicKey Read(string reference)
    {
        var key = context.PublicKeys.Read(reference);
        return format.DescribeKey(key.Scheme, key.Material);
    }

    /// <summary>The certificate of a key whose private half is here.</summary>
    /// <exception cref="TrustException">A coded refusal of the key or its passphrase.</exception>
    public PublicKey Certify(KeyEntry entry) => Certify(context, entry, format, repository, context.Now + RootCertificate.DefaultLifetime);

    /// <summary>The certificate of a key whose private half is here, until a given time (UTC).</summary>
    /// <exception cref="TrustException">A coded refusal of the key or its passphrase.</exception>
    public static PublicKey Certify(CommandContext context, KeyEntry entry, IMetadataFormat format, RepositoryName repository, DateTimeOffset expires)
    {
        using var opened = context.Keyring.Open(entry, KeyPurpose.Root);
        return format.DescribeRootKey(opened, repository, context.Now - ClockSlack, expires);
    }

    private PublicKey RequireFor(string reference, PublicKey key) => format.Rules.RootKeyProblem(key, repository, context.Now) is { } problem
        ? throw new TrustException(problem.Error, $"{reference} cannot be a root key of {repository}: {problem.Text}.") { Hint = $"Its holder makes one: signer key certificate KEY {repository} > holder.crt" }
        : key;
}
