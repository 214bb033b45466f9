using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

internal static class LayoutExtensions
{
    /// <summary>Adds to a layout and returns its directory.</summary>
    public static string With(this ImageLayoutBuilder builder, Action<ImageLayoutBuilder> add)
    {
        add(builder);
        return builder.DirectoryPath;
    }
}
