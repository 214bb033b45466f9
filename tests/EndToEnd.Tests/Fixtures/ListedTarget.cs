namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>A line of <c>notary list</c>.</summary>
/// <param name="Sha256">Lower-case hexadecimal digits.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Role">The role that signed it.</param>
public sealed record ListedTarget(string Sha256, long Length, string Role);
