using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Services;
using TrustService.Server.Stores;

namespace TrustService.Server.Hosting;

/// <summary>The commands of an operator. They work on the database beside running servers, under the same locks.</summary>
/// <param name="services">The server's parts; nothing of it runs.</param>
/// <param name="command">What is asked.</param>
/// <param name="output">Where results go.</param>
internal sealed class OperatorCommands(IServiceProvider services, OperatorCommandLine command, TextWriter output)
{
    private const string PassphraseVariable = "TRUST_STANDBY_PASSPHRASE";
    private const int PageSize = 100;

    /// <summary>Does it.</summary>
    /// <returns>What came of it.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<Outcome> RunAsync(CancellationToken cancellationToken)
    {
        await services.GetRequiredService<SqlMigrator>().MigrateAsync(CancellationToken.None);
        return command.Verb switch
        {
            OperatorCommandLine.KeysList => await ListAsync(cancellationToken),
            OperatorCommandLine.ActivateStandby => await ActivateAsync(cancellationToken),
            OperatorCommandLine.RestoreBump => await new RestoreCommand(services, RepositoriesAsync, output).RunAsync(command.By, command.Repository is not null, cancellationToken),
            _ => throw new ArgumentException($"{command.Verb} is no command."),
        };
    }

    private async Task<Outcome> ListAsync(CancellationToken cancellationToken)
    {
        var keys = services.GetRequiredService<IOnlineKeys>();
        var standby = services.GetRequiredService<OperatorRules>().Publish.StandbyKeys;
        await output.WriteLineAsync("REPOSITORY\tROLE\tKEY\tSTATE\tMADE\tROOT");
        await foreach (var repository in RepositoriesAsync(cancellationToken))
        {
            var format = MetadataFormats.Find(repository.Format);
            var root = await services.GetRequiredService<IMetadataStore>().ReadCurrentAsync(repository.Name, RoleName.Root, cancellationToken);
            var listed = root is null ? null : format.Read<Root>(root.Data, int.MaxValue).Signed;
            foreach (var role in (RoleName[])[RoleName.Snapshot, RoleName.Timestamp])
            {
                List<string> fingerprints = listed is null ? [] : [.. Publications.FingerprintsOf(listed, role)];
                foreach (var key in await keys.ListAsync(repository.Name, role, cancellationToken))
                    await WriteAsync(repository.Name, role, format.DescribeKey(key.Scheme, key.Material).Id, OnlineKeyText.Of(key.State), $"{key.CreatedAt:u}", fingerprints.Contains(key.Fingerprint));
                foreach (var key in standby.Where(_ => format.Rules.RootListsStandbyKeys))
                    await WriteAsync(repository.Name, role, key.Id, "standby", "", fingerprints.Contains(key.Fingerprint));
            }
        }
        return Outcome.Verified;
    }

    private Task WriteAsync(RepositoryName repository, RoleName role, KeyId key, string state, string made, bool isListed) =>
        output.WriteLineAsync($"{repository}\t{role}\t{key.Short}\t{state}\t{made}\t{(isListed ? "listed" : "not listed")}");

    private async Task<Outcome> ActivateAsync(CancellationToken cancellationToken)
    {
        // A database that went back must not be signed on top of, whoever signs.
        await services.GetRequiredService<RestoreGuard>().CheckAsync(cancellationToken);
        using var key = OpenKey(command.Key!);
        var activation = services.GetRequiredService<StandbyActivation>();
        var counts = new Dictionary<StandbyOutcome, int>();
        await foreach (var repository in RepositoriesAsync(cancellationToken))
        {
            var result = await activation.ActivateAsync(repository.Name, key, cancellationToken);
            counts[result.Outcome] = counts.GetValueOrDefault(result.Outcome) + 1;
            await output.WriteLineAsync($"{result.Repository}\t{Text(result.Outcome)}\t{result.Detail}");
        }
        var left = counts.GetValueOrDefault(StandbyOutcome.NotListed) + counts.GetValueOrDefault(StandbyOutcome.Refused);
        await output.WriteLineAsync($"Activated {counts.GetValueOrDefault(StandbyOutcome.Activated)}, unchanged {counts.GetValueOrDefault(StandbyOutcome.Unchanged)}, not possible {left}.");
        await output.WriteLineAsync(left == 0
            ? "Next: give the servers a new standby key, and ask the owners to rotate the online keys, which takes the old ones out of their roots: signer key rotate online REPOSITORY"
            : "Where it was not possible, the owner rotates the online keys with the root keys: signer key rotate online REPOSITORY");
        return left == 0 ? Outcome.Verified : Outcome.Failure;
    }

    private static string Text(StandbyOutcome outcome) => outcome switch
    {
        StandbyOutcome.Activated => "activated",
        StandbyOutcome.Unchanged => "unchanged",
        StandbyOutcome.NotListed => "not listed",
        _ => "refused",
    };

    private async IAsyncEnumerable<RepositoryRecord> RepositoriesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (command.Repository is { } one)
        {
            yield return await services.GetRequiredService<IMetadataStore>().FindAsync(one, cancellationToken) ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no repository {one} in this database.");
            yield break;
        }
        var catalog = services.GetRequiredService<IRepositoryCatalog>();
        for (string? after = null; await catalog.ListAsync(null, after, PageSize, cancellationToken) is { Count: > 0 } page; after = page[^1].Name.Value)
        {
            foreach (var repository in page)
                yield return repository;
        }
    }

    private IExportableKey OpenKey(string path)
    {
        byte[] text = [];
        try
        {
            if (PrivateFiles.IsOpenToOthers(path))
                throw new TrustException(TrustError.InvalidKeyFile, $"The key file {path} is open to others than its owner.") { Hint = $"chmod 600 {path}" };
            text = ReadAtMost(path, PrivateKeyFile.MaxBytes + 1);
            using var file = PrivateKeyFile.Parse(text);
            return file.IsEncrypted ? OpenEncrypted(file, path) : file.Open([]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"The key file {path} cannot be read: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private IExportableKey OpenEncrypted(PrivateKeyFile file, string path)
    {
        var passphrase = command.PassphraseFile is { } named ? FirstLine(ReadAtMost(named, 4096))
            : Environment.GetEnvironmentVariable(PassphraseVariable) is { } text ? Encoding.UTF8.GetBytes(text)
            : throw new TrustException(TrustError.PassphraseNeeded, $"The key in {path} is encrypted.") { Hint = $"Give --passphrase-file FILE, or set {PassphraseVariable}." };
        try
        {
            return file.Open(passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }
    }

    private static byte[] FirstLine(byte[] text) => text.AsSpan().IndexOf((byte)'\n') is var end and >= 0 ? text[..end] : text;

    private static byte[] ReadAtMost(string path, int maxBytes)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[maxBytes];
        var length = file.ReadAtLeast(buffer, maxBytes, throwOnEndOfStream: false);
        var text = buffer[..length];
        CryptographicOperations.ZeroMemory(buffer);
        return text;
    }
}
