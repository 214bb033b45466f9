using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Http;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Client;

/// <summary>Talks to a trust server in its own protocol: metadata, publishing and online keys.</summary>
public sealed class TrustServerClient : ITrustServer
{
    private const int MaxAnswerBytes = 1024 * 1024;

    private readonly HttpExchange exchange;
    private readonly string server;

    /// <summary>Makes a client.</summary>
    /// <param name="exchange">How requests are made.</param>
    /// <param name="server">The server's address: <c>https://trust.example.com</c>.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if that is no address.</exception>
    public TrustServerClient(HttpExchange exchange, string server)
    {
        this.exchange = exchange;
        this.server = ServerAnswers.RequireAddress(server);
    }

    /// <inheritdoc/>
    public string Address => server;

    /// <inheritdoc/>
    public IMetadataSource Metadata(RepositoryName repository) => new HttpMetadataSource(exchange, MetadataUrl(repository) + "/");

    /// <inheritdoc/>
    public async Task<PublishResult> PublishAsync(RepositoryName repository, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        var answer = await exchange.SendAsync(new Uri(MetadataUrl(repository)), address => new HttpRequestMessage(HttpMethod.Post, address) { Content = Multipart(files.Select(file => (file.Key.Value, file.Value))) }, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
            throw ServerAnswers.Explain(answer);
        var versions = new Dictionary<RoleName, long>();
        foreach (var member in Read(answer, "answer").Object("versions").Members)
        {
            if (RoleName.TryParse(member.Name, out var role) && member.Value.TryGetInt64(out var version))
                versions[role] = version;
        }
        return new PublishResult(versions.AsReadOnly());
    }

    /// <summary>Has the server take over a repository of another server as it is.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="files">Every root, the current timestamp and snapshot, and each file that this lists.</param>
    /// <param name="cancellationToken">Ends the request; whether it was carried out is then unknown, and doing it again is harmless.</param>
    /// <exception cref="TrustException"><see cref="TrustError.RepositoryExists"/> if something else is published, or a coded refusal.</exception>
    public async Task<ImportResult> ImportAsync(RepositoryName repository, IReadOnlyList<(RoleName Role, ReadOnlyMemory<byte> Data)> files, CancellationToken cancellationToken)
    {
        var uri = new Uri($"{server}/api/v1/repositories/{string.Join('/', repository.Value.Split('/').Select(Uri.EscapeDataString))}/import");
        var answer = await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Post, address) { Content = ImportParts(files) }, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
            throw ServerAnswers.Explain(answer);
        var read = Read(answer, "answer");
        return DateTimeOffset.TryParse(read.Text("servedUntil"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
            ? new ImportResult(read.OptionalBoolean("isNew") == true, read.OptionalBoolean("isReadOnly") == true, until)
            : throw read.Refuse("names no time until which the repository can be served");
    }

    /// <inheritdoc/>
    public async Task<OnlineKeySet> RequestOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        var uri = new Uri($"{server}/tuf/{repository.Value}/keys/{role}");
        var answer = await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Post, address), MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
            throw ServerAnswers.Explain(answer);
        var key = Read(answer, "online key");
        var standby = ImmutableArray.CreateBuilder<PublicKey>();
        if (key.Optional("standby") is not null)
        {
            foreach (var item in key.Array("standby").EnumerateArray())
                standby.Add(ReadKey(format, new JsonObjectReader(item, "standby key")));
        }
        return new OnlineKeySet(ReadKey(format, key), standby.ToImmutable());
    }

    private static PublicKey ReadKey(IMetadataFormat format, JsonObjectReader key)
    {
        var read = format.ReadKey(new KeyId(key.Text("keyid")), key.Element);
        if (!read.IsUsable)
            throw new TrustException(TrustError.UnacceptableKey, $"The trust server offers a key that cannot be used: {read.Id.Short}.");
        // Written anew, without the members that belong to the answer and not to the key.
        return format.DescribeKey(read.Scheme, read.Material);
    }

    private static JsonObjectReader Read(HttpAnswer answer, string place) =>
        new(StrictJson.Parse(answer.Body.Span, JsonLimits.OfBytes(MaxAnswerBytes)), place);

    // Numbers keep roots apart; the versions are inside the files.
    private static MultipartFormDataContent ImportParts(IReadOnlyList<(RoleName Role, ReadOnlyMemory<byte> Data)> files)
    {
        var roots = 0;
        return Multipart(files.Select(file => (file.Role == RoleName.Root ? string.Create(CultureInfo.InvariantCulture, $"{++roots}.root") : file.Role.Value, file.Data)));
    }

    private static MultipartFormDataContent Multipart(IEnumerable<(string Name, ReadOnlyMemory<byte> Data)> files)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, file) in files)
        {
            var part = new ReadOnlyMemoryContent(file);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            content.Add(part, "files", name);
        }
        return content;
    }

    private string MetadataUrl(RepositoryName repository) => $"{server}/tuf/{repository.Value}/metadata";
}
