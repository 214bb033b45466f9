using System.Diagnostics;
using System.Net;
using System.Text;

namespace TrustService.LoadTool;

/// <summary>One publisher with a repository and a connection of its own.</summary>
internal sealed class Publisher : IDisposable
{
    private const int MaxShownFailure = 300;
    private readonly HttpClient http;
    private readonly OwnedRepository repository;
    private readonly List<Upload> uploads = [];

    private Publisher(HttpClient http, OwnedRepository repository)
    {
        this.http = http;
        this.repository = repository;
    }

    /// <summary>Latencies of successful publishes, milliseconds.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Publishes that were not answered with 200.</summary>
    public int Failed { get; private set; }

    /// <summary>What the first failure was, or null.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Makes the repository, publishes it, warms the server up and signs what is to be measured.</summary>
    public static async Task<Publisher> PrepareAsync(ServerUnderTest server, string name, PublishScenario scenario, CancellationToken cancellationToken)
    {
        var http = server.Connect();
        var repository = await server.CreateRepositoryAsync(http, name, scenario.Targets, cancellationToken);
        var publisher = new Publisher(http, repository);
        await publisher.WarmUpAsync(repository.First(), cancellationToken);
        for (var i = 0; i < scenario.WarmUps; i++)
            await publisher.WarmUpAsync(repository.Next(), cancellationToken);
        for (var i = 0; i < scenario.PublishesEach; i++)
            publisher.uploads.Add(repository.Next());
        return publisher;
    }

    /// <summary>Publishes everything that was prepared, one after the other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var upload in uploads)
        {
            var start = Stopwatch.GetTimestamp();
            var failure = await PostAsync(upload, cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (failure is null)
            {
                Latencies.Add(elapsed.TotalMilliseconds);
                continue;
            }
            Failed++;
            FirstFailure ??= failure;
        }
    }

    /// <summary>Makes sure that the last upload is what the server now serves.</summary>
    /// <exception cref="InvalidOperationException">It is not, although no publish failed.</exception>
    public async Task RequireServedAsync(CancellationToken cancellationToken)
    {
        var last = uploads[^1];
        if (Failed == 0 && !(await http.GetByteArrayAsync(last.TargetsPath, cancellationToken)).AsSpan().SequenceEqual(last.TargetsFile))
            throw new InvalidOperationException($"{last.TargetsPath} is not what was published.");
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task WarmUpAsync(Upload upload, CancellationToken cancellationToken)
    {
        if (await PostAsync(upload, cancellationToken) is { } failure)
            throw new InvalidOperationException($"Cannot prepare {repository.PublishPath}: {failure}");
    }

    private async Task<string?> PostAsync(Upload upload, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(upload.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", upload.ContentType);
        try
        {
            using var response = await http.PostAsync(new Uri(repository.PublishPath, UriKind.Relative), content, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? null
                : $"{(int)response.StatusCode} {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MaxShownFailure)))}";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }
}
