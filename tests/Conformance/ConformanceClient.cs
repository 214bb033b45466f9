using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Verification;

namespace TrustService.Conformance;

/// <summary>The client under test: the product's own update workflow, and nothing beside it.</summary>
internal static class ConformanceClient
{
    public static async Task RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        using var cache = FileMetadataCache.Open(arguments.MetadataDirectory, cancellationToken);
        if (arguments.Command == "init")
        {
            cache.Write("root.json", await ReadRootAsync(arguments.RootFile, cancellationToken));
            return;
        }
        var http = new HttpClientOptions();
        using var connections = HttpClients.Create(http);
        var exchange = new HttpExchange(connections, HttpPeer.TrustServer, http);
        var client = new TrustClient(TufFormat.Instance, new HttpMetadataSource(exchange, arguments.MetadataUrl), cache, time.GetUtcNow(), new TrustClientOptions());
        var targets = await client.RefreshAsync(cancellationToken);
        if (arguments.Command != "download")
            return;
        var downloader = new TargetDownloader(exchange, arguments.TargetBaseUrl, arguments.TargetDirectory);
        foreach (var name in arguments.TargetNames)
        {
            var target = await client.FindAsync(targets, name, cancellationToken)
                ?? throw new TrustException(TrustError.NotSigned, $"No role lists the target {name}.");
            await downloader.DownloadAsync(target, cancellationToken);
        }
    }

    private static async Task<byte[]> ReadRootAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenRead(path);
            return await BoundedContent.ReadStreamAsync(file, VerificationLimits.Default.MaxRootBytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{path} cannot be read: {e.Message}", e);
        }
    }
}
