namespace TrustService.Json;

/// <summary>What a JSON document may be at the most.</summary>
/// <param name="MaxBytes">Size of the document in bytes.</param>
/// <param name="MaxDepth">Nesting of arrays and objects.</param>
public sealed record JsonLimits(int MaxBytes, int MaxDepth)
{
    /// <summary>Deep enough for every document of TUF, Notary and OCI; <c>custom</c> data included.</summary>
    public const int DefaultMaxDepth = 64;

    /// <summary>Names, values and brackets in all. Default: no limit of its own.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Limits with the default depth.</summary>
    public static JsonLimits OfBytes(int maxBytes) => new(maxBytes, DefaultMaxDepth);
}
