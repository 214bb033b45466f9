namespace TrustService.Metadata;

/// <summary>The name of a key inside one file. It says nothing about the key itself: keys count by their material.</summary>
/// <remarks>Lower-case hex of SHA-256 in what is written here; any text is read (TAP 12).</remarks>
/// <param name="Value">The name as it stands in metadata.</param>
public readonly record struct KeyId(string Value)
{
    /// <summary>The first and last digits, for a terminal: <c>3f9c…a1</c>.</summary>
    public string Short => Value.Length <= 12 ? Value : $"{Value.AsSpan(0, 4)}…{Value.AsSpan(Value.Length - 2)}";

    /// <inheritdoc/>
    public override string ToString() => Value;
}
