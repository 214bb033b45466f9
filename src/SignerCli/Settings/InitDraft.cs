using TrustService.Cli.Home;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Settings;

/// <summary>
/// The first files of a repository, kept from before they are sent until the server has them: after a lost answer the same
/// bytes are sent again, which is harmless, instead of others, which would be refused.
/// </summary>
/// <param name="Root">Root 1.</param>
/// <param name="Targets">Targets 1.</param>
internal sealed record InitDraft(byte[] Root, byte[] Targets)
{
    /// <summary>The draft of a repository, or null.</summary>
    public static InitDraft? Find(SignerHome home, RepositoryName repository)
    {
        var (root, targets) = PathsOf(home, repository);
        return File.Exists(root) && File.Exists(targets)
            ? new InitDraft(PrivateFiles.Read(root, VerificationLimits.Default.MaxRootBytes), PrivateFiles.Read(targets, VerificationLimits.Default.MaxRootBytes))
            : null;
    }

    /// <summary>Keeps the draft.</summary>
    public void Save(SignerHome home, RepositoryName repository)
    {
        var (root, targets) = PathsOf(home, repository);
        PrivateFiles.EnsureDirectory(home.Roots);
        // Root last: a draft counts only when both are there.
        File.Delete(root);
        PrivateFiles.Replace(targets, Targets);
        PrivateFiles.Replace(root, Root);
    }

    /// <summary>Forgets the draft of a repository, if there is one.</summary>
    public static void Forget(SignerHome home, RepositoryName repository)
    {
        if (!Directory.Exists(home.Roots))
            return;
        var (root, targets) = PathsOf(home, repository);
        File.Delete(root);
        File.Delete(targets);
    }

    private static (string Root, string Targets) PathsOf(SignerHome home, RepositoryName repository) =>
        (Path.Combine(home.Roots, repository.FileName + ".draft-root.json"), Path.Combine(home.Roots, repository.FileName + ".draft-targets.json"));
}
