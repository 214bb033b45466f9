using System.Text.Json.Nodes;
using TrustService.Formats.Tuf;
using TrustService.Metadata;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Looks into metadata files.</summary>
internal static class Signed
{
    /// <summary>The signed part of a file.</summary>
    public static TRole Read<TRole>(byte[] file)
        where TRole : class, IRole => TufFormat.Instance.Read<TRole>(file, int.MaxValue).Signed;

    /// <summary>What a parent says of a file.</summary>
    public static MetaFile Describe<TRole>(byte[] file)
        where TRole : class, IRole => TufFormat.Instance.Read<TRole>(file, int.MaxValue).Describe();

    /// <summary>The file without its signatures.</summary>
    public static byte[] Without(byte[] file)
    {
        var json = JsonNode.Parse(file)!;
        json["signatures"] = new JsonArray();
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
