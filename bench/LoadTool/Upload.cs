namespace TrustService.LoadTool;

/// <summary>A publish that was signed before the clock starts.</summary>
/// <param name="Body">The multipart body.</param>
/// <param name="ContentType">Its media type with the boundary.</param>
/// <param name="TargetsFile">The targets file in it.</param>
/// <param name="TargetsPath">Where exactly this targets file can be read afterwards.</param>
internal sealed record Upload(byte[] Body, string ContentType, byte[] TargetsFile, string TargetsPath);
