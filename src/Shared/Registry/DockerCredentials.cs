using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>The credentials that a user's other container tools have stored.</summary>
/// <param name="files">Files in the order in which they are asked; missing ones are passed over.</param>
/// <param name="searchPath">Value of PATH, where credential helpers are looked for.</param>
public sealed class DockerCredentials(ImmutableArray<string> files, string searchPath) : IRegistryCredentials
{
    /// <summary>
    /// The files that users expect: <c>REGISTRY_AUTH_FILE</c>, <c>$XDG_RUNTIME_DIR/containers/auth.json</c>, then Docker's
    /// <c>config.json</c> in <c>DOCKER_CONFIG</c> or <c>~/.docker</c>.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static DockerCredentials FromEnvironment(Func<string, string?> variable)
    {
        var files = ImmutableArray.CreateBuilder<string>();
        Add(variable("REGISTRY_AUTH_FILE"), "");
        Add(variable("XDG_RUNTIME_DIR"), "containers/auth.json");
        if (!Add(variable("DOCKER_CONFIG"), "config.json"))
            Add(variable("HOME"), ".docker/config.json");
        return new DockerCredentials(files.ToImmutable(), variable("PATH") ?? "");

        bool Add(string? directory, string name)
        {
            if (string.IsNullOrEmpty(directory))
                return false;
            files.Add(Path.Combine(directory, name));
            return true;
        }
    }

    /// <inheritdoc/>
    public async Task<RegistryCredential?> FindAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            if (await ReadAsync(file, cancellationToken).ConfigureAwait(false) is { } config &&
                await FindAsync(config, repository, cancellationToken).ConfigureAwait(false) is { } credential)
                return credential;
        }
        return null;
    }

    private async Task<RegistryCredential?> FindAsync(DockerConfig config, RepositoryName repository, CancellationToken cancellationToken)
    {
        if (config.HelperFor(repository) is { } helper)
            return await AskAsync(helper).ConfigureAwait(false);
        // What the user wrote into the file needs no helper, which may not be installed here.
        if (config.CredentialFor(repository) is { } credential)
            return credential;
        return config.DefaultHelper is { } store ? await AskAsync(store).ConfigureAwait(false) : null;

        Task<RegistryCredential?> AskAsync(string name) =>
            new CredentialHelper(name, searchPath).GetAsync(DockerConfig.ServerName(repository), cancellationToken);
    }

    private static async Task<DockerConfig?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return DockerConfig.Parse(await BoundedContent.ReadStreamAsync(stream, RegistryLimits.MaxCredentialFileBytes, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{file} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
        catch (TrustException e)
        {
            throw new TrustException(TrustError.LocalFile, $"{file}: {e.Message}", e) { Hint = "Correct the file, or log in to the registry again." };
        }
    }
}
