using Microsoft.Extensions.Options;

namespace TrustService.Server.Options;

/// <summary>Checks <see cref="DatabaseOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>;
