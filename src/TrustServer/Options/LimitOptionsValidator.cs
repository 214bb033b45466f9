using Microsoft.Extensions.Options;

namespace TrustService.Server.Options;

/// <summary>Checks <see cref="LimitOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;
