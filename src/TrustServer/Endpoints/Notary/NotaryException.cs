namespace TrustService.Server.Endpoints.Notary;

/// <summary>Ends a request of a Notary client with an error in that client's words.</summary>
/// <param name="error">The answer.</param>
/// <param name="cause">What it stands for, or null.</param>
internal sealed class NotaryException(NotaryError error, Exception? cause = null) : Exception(error.Text ?? error.Message, cause)
{
    /// <summary>The answer.</summary>
    public NotaryError Error { get; } = error;
}
