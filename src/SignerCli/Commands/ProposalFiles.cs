using TrustService.Ceremony;
using TrustService.Cli.Home;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>Proposals in files: several copies of one are read as one with the signatures of all.</summary>
internal static class ProposalFiles
{
    /// <summary>Reads a proposal from one or more files.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.PublishConflict"/> if the files hold different proposals.</exception>
    public static RootProposal Read(IReadOnlyList<string> paths) => paths.Select(Read).Aggregate((one, other) => one.Merge(other));

    /// <summary>Writes a proposal whole or not at all, in place of an older file if there is one.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void Write(string path, RootProposal proposal) => PrivateFiles.Replace(path, ProposalFile.Write(proposal));

    /// <summary>Writes a new proposal; an older one of that name may be the only copy of somebody's signature.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public static void WriteNew(string path, RootProposal proposal) => PrivateFiles.WriteNew(path, ProposalFile.Write(proposal));

    private static RootProposal Read(string path)
    {
        try
        {
            return ProposalFile.Read(PrivateFiles.Read(path, ProposalFile.MaxBytes));
        }
        catch (TrustException e) when (e.Error != TrustError.LocalFile)
        {
            throw new TrustException(e.Error, $"{path}: {e.Message}", e) { Role = e.Role, Hint = e.Hint };
        }
    }
}
