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
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Talks to a trust server in its own protocol: metadata, publishing and online keys.</summary>
public sealed class TrustServerClient : ITrustServer
{
    /// <summary>Repositories that are listed at the most.</summary>
    public const int MaxListedRepositories = 100_000;

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
        var uri = new Uri($"{RepositoryUrl(repository)}/import");
        var answer = await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Post, address) { Content = ImportParts(files) }, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
            throw ServerAnswers.Explain(answer);
        var read = Read(answer, "answer");
        return new ImportResult(read.OptionalBoolean("isNew") == true, read.OptionalBoolean("isReadOnly") == true, Time(read, "servedUntil"));
    }

    /// <summary>Leaves a file that lacks signatures for those who still have to sign it, or adds its signatures to those of the same change.</summary>
    /// <param name="repository">The repository; it need not be published yet.</param>
    /// <param name="role">Root, targets or a delegated role.</param>
    /// <param name="file">The file, signed by at least one key that speaks for the role now.</param>
    /// <param name="replaces">The <see cref="ParkedChange.Change"/> that it replaces, or null if it replaces none.</param>
    /// <param name="cancellationToken">Ends the request; doing it again is harmless.</param>
    /// <exception cref="TrustException"><see cref="TrustError.PublishConflict"/> if another change is parked, or a coded refusal.</exception>
    public async Task<ParkedChange> ParkAsync(RepositoryName repository, RoleName role, ReadOnlyMemory<byte> file, string? replaces, CancellationToken cancellationToken)
    {
        var answer = await PendingAsync(HttpMethod.Put, repository, role, replaces is null ? "" : $"?replaces={Uri.EscapeDataString(replaces)}", file, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? Parked(Read(answer, "parked change")) : throw ServerAnswers.Explain(answer);
    }

    /// <summary>The file of a role that waits for signatures; null if none does. Nothing about it is trusted.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadPendingAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        var answer = await PendingAsync(HttpMethod.Get, repository, role, "", null, VerificationLimits.Default.MaxListedBytes, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? answer.Body : IsNone(answer) ? default(ReadOnlyMemory<byte>?) : throw ServerAnswers.Explain(answer);
    }

    /// <summary>Every change of a repository that waits for signatures.</summary>
    /// <exception cref="TrustException">A coded refusal; also of a server of another kind, which has no such thing.</exception>
    public async Task<ImmutableArray<ParkedChange>> ListPendingAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        var answer = await PendingAsync(HttpMethod.Get, repository, null, "", null, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? [.. Read(answer, "answer").Array("pending").EnumerateArray().Select(item => Parked(new JsonObjectReader(item, "parked change")))] : throw ServerAnswers.Explain(answer);
    }

    /// <summary>Drops what waits for signatures.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="role">The role.</param>
    /// <param name="change">Only if it is this <see cref="ParkedChange.Change"/>, or null for any.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>False if nothing waited.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<bool> DropPendingAsync(RepositoryName repository, RoleName role, string? change, CancellationToken cancellationToken)
    {
        var answer = await PendingAsync(HttpMethod.Delete, repository, role, change is null ? "" : $"?change={Uri.EscapeDataString(change)}", null, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess || (IsNone(answer) ? false : throw ServerAnswers.Explain(answer));
    }

    /// <summary>The names of all repositories of the server, in their order. Nothing is trusted by that: each is opened under its own root.</summary>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.TooLarge"/> if there are more than <see cref="MaxListedRepositories"/>.</exception>
    public async Task<ImmutableArray<RepositoryName>> ListRepositoriesAsync(CancellationToken cancellationToken)
    {
        var names = ImmutableArray.CreateBuilder<RepositoryName>();
        for (string? after = ""; after is not null;)
        {
            var uri = new Uri($"{server}/api/v1/repositories{(after.Length == 0 ? "" : "?after=" + Uri.EscapeDataString(after))}");
            var answer = await exchange.SendAsync(uri, address => new HttpRequestMessage(HttpMethod.Get, address), MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
            if (answer.Status != HttpStatusCode.OK)
                throw ServerAnswers.Explain(answer);
            var page = Read(answer, "answer");
            foreach (var item in page.Array("repositories").EnumerateArray())
                names.Add(RepositoryName.Parse(new JsonObjectReader(item, "repository").Text("name")));
            if (page.Array("repositories").GetArrayLength() == 0)
                break;
            if (names.Count > MaxListedRepositories)
                throw new TrustException(TrustError.TooLarge, $"The trust server has more than {MaxListedRepositories} repositories; they cannot be gone through.");
            // Every page has a repository at least, so that a server that goes in circles comes to the limit.
            after = page.Optional("next") is { ValueKind: System.Text.Json.JsonValueKind.String } ? page.Text("next") : null;
        }
        return names.ToImmutable();
    }

    /// <inheritdoc/>
    public Task<OnlineKeySet> RequestOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        OnlineKeysAsync(HttpMethod.Post, format, repository, role, cancellationToken);

    /// <inheritdoc/>
    public Task<OnlineKeySet> ReadOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        OnlineKeysAsync(HttpMethod.Get, format, repository, role, cancellationToken);

    /// <inheritdoc/>
    public Task<OnlineKeySet> RotateOnlineKeysAsync(IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        OnlineKeysAsync(HttpMethod.Post, format, repository, role, cancellationToken);

    private async Task<OnlineKeySet> OnlineKeysAsync(HttpMethod method, IMetadataFormat format, RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        var answer = await exchange.SendAsync(new Uri($"{server}/tuf/{repository.Value}/keys/{role}"), address => new HttpRequestMessage(method, address), MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
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

    private Task<HttpAnswer> PendingAsync(HttpMethod method, RepositoryName repository, RoleName? role, string query, ReadOnlyMemory<byte>? file, int maxBytes, CancellationToken cancellationToken) =>
        exchange.SendAsync(
            new Uri($"{RepositoryUrl(repository)}/pending{(role is null ? "" : $"/{Uri.EscapeDataString(role.Value)}")}{query}"),
            address => new HttpRequestMessage(method, address) { Content = file is { } data ? Json(data) : null },
            maxBytes,
            cancellationToken);

    private static ParkedChange Parked(JsonObjectReader change) => new(
        RoleName.Parse(change.Text("role")),
        change.Integer("version", 1, MetadataLimits.MaxVersion),
        change.Text("change"),
        [.. change.Texts("signedBy").Select(id => new KeyId(id))],
        Time(change, "expires"),
        Time(change, "parkedAt"));

    private static DateTimeOffset Time(JsonObjectReader answer, string name) =>
        DateTimeOffset.TryParse(answer.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw answer.Refuse($"has a \"{name}\" that is no time");

    // The server of another kind has no such route at all, which is no answer to the question.
    private static bool IsNone(HttpAnswer answer) => answer.Status == HttpStatusCode.NotFound && ServerAnswers.IsCoded(answer);

    private static ReadOnlyMemoryContent Json(ReadOnlyMemory<byte> file)
    {
        var content = new ReadOnlyMemoryContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
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
            content.Add(Json(file), "files", name);
        }
        return content;
    }

    private string RepositoryUrl(RepositoryName repository) => $"{server}/api/v1/repositories/{string.Join('/', repository.Value.Split('/').Select(Uri.EscapeDataString))}";

    private string MetadataUrl(RepositoryName repository) => $"{server}/tuf/{repository.Value}/metadata";
}
