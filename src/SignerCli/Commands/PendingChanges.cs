using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>Where changes that lack signatures are kept until the others have signed: a file, or the trust server.</summary>
/// <param name="context">The run.</param>
internal sealed class PendingChanges(CommandContext context)
{
    /// <summary>Keeps a change.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="pending">The roles that lack signatures.</param>
    /// <param name="path">The file to write, or null for the server.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public Task KeepAsync(RepositoryName repository, ImmutableArray<PendingTargets> pending, string? path, CancellationToken cancellationToken)
    {
        if (path is null)
            throw new TrustException(TrustError.Usage, "The change is signed in part and needs a place to wait.") { Hint = "Write it to a file: --out FILE." };
        PendingSet.Of(repository, pending.Select(role => (role.Role, role.File.File))).Save(path);
        context.Output.Say("Pending", path);
        return Task.CompletedTask;
    }
}
