using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using TrustService.Cli.Backups;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Keys;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key backup</c>.</summary>
internal sealed class KeyBackupCommand : SignerCommand
{
    private const int MaxShares = 64;

    private readonly Argument<string?> key = new("key") { HelpName = "KEY", Description = "Id or the start of it, label, file or env://VARIABLE", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> isAll = new("--all") { Description = "Back up every key of the key store" };
    private readonly Option<string?> outFile = new("--out") { HelpName = "FILE", Description = "Write one encrypted file (must not exist), with a passphrase of its own [SIGNER_BACKUP_PASSPHRASE]" };
    private readonly Option<int?> shares = new("--shares") { HelpName = "N", Description = "Part the key into N shares to print and hand out, 2 to 64" };
    private readonly Option<int?> threshold = new("--threshold") { HelpName = "K", Description = "How many shares restore the key (default: more than half)" };
    private readonly Option<string?> outDirectory = new("--out-dir") { HelpName = "DIR", Description = "With --shares: the directory of the files, one for each share" };
    private readonly NewPassphraseOption newPassphrase = new();

    /// <summary>Makes the command.</summary>
    public KeyBackupCommand(CliHost host, GlobalOptions globals)
        : base("backup", "Back up private keys: into one encrypted file, or as shares of which some restore the key and fewer say nothing.", host, globals)
    {
        Arguments.Add(key);
        foreach (var option in (Option[])[isAll, outFile, shares, threshold, outDirectory, newPassphrase.Option])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key backup --all --out /media/usb/keys.backup", "signer key backup vault-1 --shares 5 --threshold 3 --out-dir shares"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetValue(key);
        if (name is null != context.Parse.GetValue(isAll))
            throw new TrustException(TrustError.Usage, "One key or all of them?") { Hint = "signer key backup KEY --out FILE  or  signer key backup --all --out FILE" };
        if (context.Parse.GetValue(shares) is { } count)
            WriteShares(context, name, count);
        else
            WriteBundle(context, name);
        return Task.FromResult(Outcome.Verified);
    }

    private void WriteBundle(CommandContext context, string? name)
    {
        var path = context.Parse.GetValue(outFile);
        if (path is null || (context.Parse.GetValue(threshold) is not null || context.Parse.GetValue(outDirectory) is not null))
            throw new TrustException(TrustError.Usage, "Where the backup is to go is not clear.") { Hint = "Give --out FILE, or --shares N --out-dir DIR." };
        PrivateFiles.RequireFree(path);
        var entries = name is not null ? [context.KeyFinder.Find(name)] : Copyable(context);
        var opened = new List<(KeyEntry Entry, IExportableKey Key)>();
        try
        {
            using (var trials = new PassphraseTrials(context.Passphrases))
            {
                foreach (var entry in entries)
                    opened.Add(name is null ? OpenByTrial(context, trials, entry) : Open(context, entry));
            }
            using var passphrase = newPassphrase.IsGiven(context)
                ? newPassphrase.Get(context, KeyPurpose.Backup, "the backup")
                // The file or descriptor of the command line opens the keys; a backup with the same passphrase would be a copy.
                : context.Passphrases.WithVariablesOnly().ForNew(KeyPurpose.Backup, "the backup");
            PrivateFiles.WriteNew(path, KeyBundle.Write(opened, passphrase.Utf8, context.Now));
        }
        finally
        {
            foreach (var (_, opening) in opened)
                opening.Dispose();
        }
        Report(context, entries, [path]);
        context.Output.Say($"To see whether it restores: signer key drill {path}");
    }

    private void WriteShares(CommandContext context, string? name, int count)
    {
        var needed = context.Parse.GetValue(threshold) ?? (count / 2) + 1;
        if (name is null || context.Parse.GetValue(outFile) is not null || context.Parse.GetValue(outDirectory) is not { } directory)
            throw new TrustException(TrustError.Usage, "Shares are of one key, and go to a directory.") { Hint = "signer key backup KEY --shares 5 --threshold 3 --out-dir DIR" };
        if (count is < 2 or > MaxShares || needed < 2 || needed > count)
            throw new TrustException(TrustError.Usage, $"{needed} of {count} shares cannot be: 2 to {MaxShares} shares are made, and at least 2 and at most all of them restore the key.");
        var entry = context.KeyFinder.Find(name);
        List<string> paths;
        var (described, opened) = Open(context, entry);
        using (opened)
        {
            paths = [.. Enumerable.Range(1, count).Select(number => PathOf(described, number))];
            // Half a set beside half of an older one would be worse than none.
            if (paths.Find(File.Exists) is { } present)
                throw new TrustException(TrustError.AlreadyExists, $"{present} exists already: a share of an older set. Nothing was written.") { Hint = "Name another directory. Shares of two sets do not mix." };
            if (!Directory.Exists(directory))
                PrivateFiles.EnsureDirectory(directory);
            WriteAll(SharedKey.Split(opened, needed, count), paths, share => SharePage.Write(share, described, context.Now));
        }
        Report(context, [entry], paths);
        context.Output.Say($"Any {needed} of them restore the key, so together they are the key: hand them out, and remove the files here.");
        context.Output.Say($"To see whether they restore: signer key drill {string.Join(' ', paths.Take(needed))}");

        string PathOf(KeyEntry entry, int number) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{entry.Id!.Value.Value[..8]}-share-{number}-of-{count}.txt"));
    }

    // All of them or none: a part of a set restores nothing, and would be in the way of the next attempt.
    private static void WriteAll(IReadOnlyList<KeyShare> shares, List<string> paths, Func<KeyShare, byte[]> page)
    {
        var written = 0;
        try
        {
            for (; written < shares.Count; written++)
                PrivateFiles.WriteNew(paths[written], page(shares[written]));
        }
        finally
        {
            foreach (var share in shares)
                CryptographicOperations.ZeroMemory(share.Value);
            if (written < shares.Count)
                paths[..written].ForEach(File.Delete);
        }
    }

    private static List<KeyEntry> Copyable(CommandContext context)
    {
        var all = context.Keys.List();
        foreach (var entry in all.Where(entry => !entry.IsFile))
            context.Output.Warn($"{entry.Name} is left out: {entry.Location} keeps its private half. Its own backup is the business of the token or program.");
        var copyable = all.Where(entry => entry.IsFile).ToList();
        return copyable.Count > 0 ? copyable : throw new TrustException(TrustError.KeyNotFound, $"There is no key in {context.Home.Keys} to back up.");
    }

    private static (KeyEntry Entry, IExportableKey Key) Open(CommandContext context, KeyEntry entry) =>
        Described(entry, context.Keyring.OpenFile(entry, KeyPurposes.Of(entry.Roles)));

    // Of many keys, whose passphrases may be one or many.
    private static (KeyEntry Entry, IExportableKey Key) OpenByTrial(CommandContext context, PassphraseTrials trials, KeyEntry entry)
    {
        using var file = context.KeyFinder.ReadFile(entry);
        return Described(entry, trials.Open(file, KeyPurposes.Of(entry.Roles), $"the key {entry.Name}").Key);
    }

    // What is noted of it, as TUF metadata would list the key, wherever it is from.
    private static (KeyEntry Entry, IExportableKey Key) Described(KeyEntry entry, IExportableKey opened)
    {
        var described = FileKeyStore.Describe(opened.Scheme, opened.Material);
        return (entry with { Origin = KeyOrigin.Store, Id = described.Id, Public = described }, opened);
    }

    private static void Report(CommandContext context, IReadOnlyList<KeyEntry> entries, IReadOnlyList<string> paths)
    {
        foreach (var entry in entries.Where(entry => entry.IsInStore))
            FileKeyStore.Change(entry, known => known with { BackedUp = context.Now });
        foreach (var entry in entries)
            context.Output.Say("Backed up", entry.Name);
        foreach (var path in paths)
            context.Output.Result(path);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteTexts("files", paths);
            writer.WriteStartArray("keys");
            foreach (var entry in entries)
                writer.WriteKey(entry.IsInStore ? FileKeyStore.Reread(entry) : entry);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
