using Microsoft.Extensions.Options;

namespace TrustService.Server.Options;

/// <summary>Checks <see cref="SigningOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class SigningOptionsValidator : IValidateOptions<SigningOptions>;
