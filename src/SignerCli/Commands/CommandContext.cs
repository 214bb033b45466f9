using System.CommandLine;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>What one run of a command works with, made from the command line, the environment and the settings.</summary>
internal sealed class CommandContext : IDisposable
{
    /// <summary>Name of the environment variable with the server's address.</summary>
    public const string ServerVariable = "SIGNER_SERVER";

    /// <summary>Name of the environment variable with the authority of the server's certificate.</summary>
    public const string ServerCaVariable = "SIGNER_SERVER_CA";

    private const string DockerServerVariable = "DOCKER_CONTENT_TRUST_SERVER";

    // Timers of the base library end at 49 days.
    private const int MaxTimeoutDays = 30;

    private readonly GlobalOptions globals;
    private HttpClient? http;
    private TrustServerClient? server;
    private SignerConfig? config;

    /// <summary>Makes the context; nothing is read yet.</summary>
    public CommandContext(CliHost host, GlobalOptions globals, ParseResult parse, CommandOutput output)
    {
        this.globals = globals;
        (Host, Parse, Output) = (host, parse, output);
        Home = SignerHome.Find(parse.GetValue(globals.HomeDirectory), host.Environment);
        Keys = new FileKeyStore(Home.Keys, output.WarnOnce);
        KeyFinder = new KeyFinder(Keys, Home, host.Environment);
        Passphrases = new Passphrases(parse.GetValue(globals.PassphraseFile), host.Environment, host.Terminal, output);
        Keyring = new RoleKeyring(Keys, KeyFinder, Passphrases);
        Timeout = Durations.Parse(parse.GetRequiredValue(globals.Timeout), "--timeout", MaxTimeoutDays);
    }

    /// <summary>The process.</summary>
    public CliHost Host { get; }

    /// <summary>The command line.</summary>
    public ParseResult Parse { get; }

    /// <summary>Where the command speaks.</summary>
    public CommandOutput Output { get; }

    /// <summary>The user's directories.</summary>
    public SignerHome Home { get; }

    /// <summary>The user's keys.</summary>
    public FileKeyStore Keys { get; }

    /// <summary>Finds keys by what people call them.</summary>
    public KeyFinder KeyFinder { get; }

    /// <summary>Gets passphrases.</summary>
    public Passphrases Passphrases { get; }

    /// <summary>Chooses and opens keys.</summary>
    public RoleKeyring Keyring { get; }

    /// <summary>How long servers may take altogether.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The format of repositories.</summary>
    public IMetadataFormat Format { get; } = TufFormat.Instance;

    /// <summary>The settings.</summary>
    public SignerConfig Config => config ??= SignerConfig.Load(Home.ConfigFile);

    /// <summary>The pinned roots.</summary>
    public PinnedRoots Roots => new(Home, Config, Format);

    /// <summary>The trust server.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if none is named.</exception>
    public TrustServerClient Server => server ??= OpenServer();

    /// <summary>The time now.</summary>
    public DateTimeOffset Now => Host.Time.GetUtcNow();

    /// <summary>Opens a repository under its pinned root.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="root">A file or fingerprint from the command line, or null.</param>
    /// <param name="source">Where metadata comes from, or null to work offline.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RootNotPinned"/> if nothing pins a root.</exception>
    public async Task<RepositoryTrust> OpenAsync(RepositoryName repository, string? root, IMetadataSource? source, CancellationToken cancellationToken)
    {
        var pin = Roots.Find(repository, root) ?? throw PinnedRoots.NotPinned(repository);
        PrivateFiles.EnsureDirectory(Home.Cache);
        Output.Detail($"{repository} is pinned to {pin.Fingerprint}");
        return await RepositoryTrust.OpenAsync(Format, repository, pin, source, Home.Cache, cancellationToken);
    }

    /// <summary>Opens a repository for reading, as the options of a command say.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RootNotPinned"/> if nothing pins a root.</exception>
    public async Task<RepositoryTrust> OpenAsync(RepositoryName repository, TrustFlags trust, bool isOffline, CancellationToken cancellationToken)
    {
        var root = Parse.GetValue(trust.Root);
        var source = isOffline ? null : Server.Metadata(repository);
        if (source is not null && Parse.GetValue(trust.Tofu) && Roots.Find(repository, root) is null)
            await PinOfferedAsync(repository, source, cancellationToken);
        return await OpenAsync(repository, root, source, cancellationToken);
    }

    /// <summary>Runs what talks to servers, within the time that they may take.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.ServerUnreachable"/> when the time is over; <see cref="TrustError.LocalFile"/> if another run kept the cache until then.</exception>
    public async Task<T> WithinTimeoutAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            return await work(deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw e.InnerException as TrustException ?? new TrustException(TrustError.ServerUnreachable, $"The servers did not finish within {Timeout.TotalSeconds:0} s. Nothing was decided.", e) { Hint = "Try again, or allow more with --timeout." };
        }
    }

    /// <summary>Asks for a yes.</summary>
    /// <param name="question">The question, without what can be answered.</param>
    /// <param name="isConfirmed">True if <c>--yes</c> was given.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Declined"/>, or <see cref="TrustError.Usage"/> where nobody can answer.</exception>
    public void Confirm(string question, bool isConfirmed)
    {
        if (isConfirmed)
            return;
        if (!Host.Terminal.CanAsk)
            throw new TrustException(TrustError.Usage, $"This needs a yes, and there is no terminal to ask on: {question}") { Hint = "Give --yes (-y) to confirm." };
        Output.EndProgress();
        var answer = Host.Terminal.ReadLine($"{Printable.Text(question)} [y/N] ")?.Trim();
        if (answer is null || !(answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase)))
            throw new TrustException(TrustError.Declined, "Not confirmed; nothing was changed.");
    }

    /// <inheritdoc/>
    public void Dispose() => http?.Dispose();

    private async Task PinOfferedAsync(RepositoryName repository, IMetadataSource source, CancellationToken cancellationToken)
    {
        var file = await source.FetchAsync(Format.Rules.FileName(RoleName.Root, null), VerificationLimits.Default.MaxRootBytes, cancellationToken)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no trust data for {repository} at {source.Location}.");
        var pin = RootPin.OfFile(Format, file);
        Roots.Save(repository, file);
        Output.Warn($"Trusting the root of {repository} that {Server.Address} offers now: {pin.Fingerprint}. Compare it with what the repository's owners say.");
    }

    private TrustServerClient OpenServer()
    {
        var address = FindServer();
        if (!address.Contains("://", StringComparison.Ordinal))
            throw new TrustException(TrustError.Usage, $"\"{address}\" is not the address of a trust server: it does not say https.") { Hint = $"Did you mean https://{address}?" };
        var options = new HttpClientOptions
        {
            ExtraCaFiles = FindServerCa() is { } file ? [file] : [],
            AllowPlainHttp = Parse.GetValue(globals.ServerPlainHttp),
            UserAgent = $"signer/{VersionCommand.Number}",
        };
        http = HttpClients.Create(options);
        var client = new TrustServerClient(new HttpExchange(http, HttpPeer.TrustServer, options), address);
        HttpTransport.Require(new Uri(client.Address), options.AllowPlainHttp);
        Output.Detail($"trust server {client.Address}");
        return client;
    }

    private string FindServer()
    {
        var address = NonEmpty(Parse.GetValue(globals.Server)) ?? NonEmpty(Host.Environment(ServerVariable)) ?? NonEmpty(Config.Server);
        if (address is not null)
            return address;
        if (NonEmpty(Host.Environment(DockerServerVariable)) is not { } docker)
            throw new TrustException(TrustError.Usage, "No trust server is named.") { Hint = $"Give --server https://…, set {ServerVariable}, or put \"server\" into {Home.ConfigFile}." };
        Output.Notice($"The trust server is taken from {DockerServerVariable}; the variable of this program is {ServerVariable}.");
        return docker;
    }

    private string? FindServerCa() => NonEmpty(Parse.GetValue(globals.ServerCa)) ?? NonEmpty(Host.Environment(ServerCaVariable)) ?? NonEmpty(Config.ServerCa);

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
