using System.Reflection;

namespace TrustService.Server.Telemetry;

/// <summary>The version of this program.</summary>
internal static class ProductVersion
{
    /// <summary>As <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
