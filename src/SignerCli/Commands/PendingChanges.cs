using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Where changes that lack signatures are kept until the others have signed: a file, or the trust server.</summary>
/// <param name="context">The run.</param>
internal sealed class PendingChanges(CommandContext context)
{
    /// <summary>Keeps a change.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="targets">The current targets.</param>
    /// <param name="pending">The roles that lack signatures.</param>
    /// <param name="path">The file to write, or null for the server.</param>
    /// <param name="replaces">The parked change of a role that is replaced by another one, or null; asked for each role.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.PublishConflict"/> if another change of a role waits already.</exception>
    public async Task KeepAsync(
        RepositoryName repository, TrustedTargets targets, ImmutableArray<(RoleName Role, SignedMetadata<Targets> File)> pending, string? path, Func<RoleName, string?> replaces, CancellationToken cancellationToken)
    {
        if (path is not null)
        {
            PendingSet.Of(repository, pending.Select(role => (role.Role, role.File.File))).Save(path);
            context.Output.Say("Pending", $"{path}  (others sign it with: signer cosign {path})");
            return;
        }
        // The server parks for those who may sign a role now; of a role that is only about to be, it knows nothing.
        if (pending.FirstOrDefault(file => SigningRole.Find(targets, file.Role) is null).Role is { } unknown)
            throw new TrustException(TrustError.Usage, $"The change makes the role {unknown}, which the trust server does not know yet, so it cannot keep all of it.") { Hint = "Write the change to a file instead: --partial --out FILE." };
        foreach (var (role, file) in pending)
            await ParkAsync(repository, role, file, replaces(role), cancellationToken);
        context.Output.Say("Pending", $"parked on {context.Servers.Address}  (others sign it with: signer cosign {repository})");
    }

    /// <summary>What waits for signatures of images or of signers, by a person's argument: a file, or a repository.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.NothingPending"/>, or a coded refusal.</exception>
    public async Task<PendingSource> FindAsync(string argument, CancellationToken cancellationToken)
    {
        if (File.Exists(argument))
        {
            var set = PendingSet.Load(argument);
            return new PendingSource(set.Repository, argument, [.. set.Files.Select(file => new PendingSource.Item(RoleName.Parse(file.Key), file.Value, null))]);
        }
        var reference = ImageReference.Parse(argument);
        // A mistyped file is far likelier than an image of Docker Hub by its short name.
        if (argument.Split('/') is [var host, ..] parts && (parts.Length == 1 || (host != "localhost" && !host.AsSpan().ContainsAny('.', ':'))))
            throw new TrustException(TrustError.Usage, $"There is no file {argument}, and a repository is named with its registry: {reference.Repository}.");
        var items = await ListAsync(reference.Repository, cancellationToken);
        return items.IsEmpty
            ? throw new TrustException(TrustError.NothingPending, $"Nothing of {reference.Repository} waits for signatures on {context.Servers.Address}.")
            {
                Hint = "What was published meanwhile waits no longer; signer inspect shows what is signed. A change that was handed on as a file is signed with: signer cosign FILE",
            }
            : new PendingSource(reference.Repository, null, items);
    }

    /// <summary>What waits on the trust server, root apart.</summary>
    /// <exception cref="TrustException">A coded refusal; also of a server of another kind, which keeps nothing.</exception>
    public Task<ImmutableArray<PendingSource.Item>> ListAsync(RepositoryName repository, CancellationToken cancellationToken) => context.WithinTimeoutAsync(
        async token =>
        {
            var items = ImmutableArray.CreateBuilder<PendingSource.Item>();
            foreach (var parked in await context.Servers.Own.ListPendingAsync(repository, token))
            {
                if (parked.Role != RoleName.Root && await context.Servers.Own.ReadPendingAsync(repository, parked.Role, token) is { } file)
                    items.Add(new PendingSource.Item(parked.Role, file, parked));
            }
            return items.ToImmutable();
        },
        cancellationToken);

    /// <summary>Withdraws a change.</summary>
    /// <returns>False if it did not wait any more.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public Task<bool> DropAsync(RepositoryName repository, ParkedChange parked, CancellationToken cancellationToken) =>
        context.WithinTimeoutAsync(token => context.Servers.Own.DropPendingAsync(repository, parked.Role, parked.Change, token), cancellationToken);

    private async Task ParkAsync(RepositoryName repository, RoleName role, SignedMetadata<Targets> file, string? replaces, CancellationToken cancellationToken)
    {
        try
        {
            _ = await context.WithinTimeoutAsync(token => context.Servers.Own.ParkAsync(repository, role, file.File, replaces, token), cancellationToken);
        }
        catch (TrustException e) when (e.Error == TrustError.PublishConflict)
        {
            throw new TrustException(e.Error, $"Another change of {role} waits for signatures already, so this one cannot. Nothing was changed.", e)
            {
                Role = role.Value,
                Hint = $"Look at it and sign it (signer cosign {repository}), or withdraw it first (signer pending drop {repository}).",
            };
        }
        catch (TrustException e) when (e.Error == TrustError.ServerRefused)
        {
            throw new TrustException(e.Error, $"{context.Servers.Address} keeps no changes for others to sign. Nothing was changed.", e) { Hint = "Write the change to a file and hand that on: --partial --out FILE." };
        }
    }
}
