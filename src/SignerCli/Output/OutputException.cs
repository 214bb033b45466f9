namespace TrustService.Cli.Output;

/// <summary>Results cannot be written. It is no refusal: what the command did is done, whoever reads its output does not learn of it.</summary>
internal sealed class OutputException(Exception cause)
    : Exception($"Standard output cannot be written: {(cause is IOException ? cause.Message.TrimEnd('.') : "it is closed")}.", cause);
