using TrustService.Errors;

namespace TrustService.Client;

/// <summary>Where metadata files of one repository come from. Nothing that it gives is trusted.</summary>
public interface IMetadataSource
{
    /// <summary>Where it is, for messages.</summary>
    string Location { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="fileName">The name as the format makes it: <c>3.snapshot.json</c>.</param>
    /// <param name="maxBytes">Bytes at the most; more are refused while reading.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null if there is no such file.</returns>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.ServerUnreachable"/>, <see cref="TrustError.ServerRefused"/>, <see cref="TrustError.Unauthorized"/> or <see cref="TrustError.TooLarge"/>.
    /// </exception>
    Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken);
}
