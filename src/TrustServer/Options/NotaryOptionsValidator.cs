using Microsoft.Extensions.Options;

namespace TrustService.Server.Options;

/// <summary>Checks <see cref="NotaryOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class NotaryOptionsValidator : IValidateOptions<NotaryOptions>;
