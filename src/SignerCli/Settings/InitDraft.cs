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
/// <param name="Bin">The first file of every hash bin, or null if there are none.</param>
internal sealed record InitDraft(byte[] Root, byte[] Targets, byte[]? Bin)
{
    /// <summary>The draft of a repository, or null.</summary>
    public static InitDraft? Find(SignerHome home, RepositoryName repository)
    {
        var (root, targets, bin) = PathsOf(home, repository);
        return File.Exists(root) && File.Exists(targets) ? new InitDraft(Read(root), Read(targets), File.Exists(bin) ? Read(bin) : null) : null;
    }

    /// <summary>Keeps the draft.</summary>
    public void Save(SignerHome home, RepositoryName repository)
    {
        var (root, targets, bin) = PathsOf(home, repository);
        PrivateFiles.EnsureDirectory(home.Roots);
        // Root last: a draft counts only when all are there.
        File.Delete(root);
        if (Bin is null)
            File.Delete(bin);
        else
            PrivateFiles.Replace(bin, Bin);
        PrivateFiles.Replace(targets, Targets);
        PrivateFiles.Replace(root, Root);
    }

    /// <summary>Forgets the draft of a repository, if there is one.</summary>
    public static void Forget(SignerHome home, RepositoryName repository)
    {
        if (!Directory.Exists(home.Roots))
            return;
        var (root, targets, bin) = PathsOf(home, repository);
        File.Delete(root);
        File.Delete(targets);
        File.Delete(bin);
    }

    private static byte[] Read(string path) => PrivateFiles.Read(path, VerificationLimits.Default.MaxRootBytes);

    private static (string Root, string Targets, string Bin) PathsOf(SignerHome home, RepositoryName repository)
    {
        var path = Path.Combine(home.Roots, repository.FileName);
        return (path + ".draft-root.json", path + ".draft-targets.json", path + ".draft-bin.json");
    }
}
