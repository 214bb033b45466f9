using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Cli.Home;
using TrustService.Cli.KeyPrograms;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Pkcs11;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>What one run of a command works with, made from the command line, the environment and the settings.</summary>
internal sealed class CommandContext : IDisposable
{
    // Timers of the base library end at 49 days.
    private const int MaxTimeoutDays = 30;

    private readonly GlobalOptions globals;
    private readonly PassphraseDescriptor? descriptor;
    private readonly TokenKeys tokens;
    private TrustServers? servers;
    private MetadataHost? metadataHost;
    private SignerConfig? config;

    /// <summary>Makes the context; nothing is read yet.</summary>
    public CommandContext(CliHost host, GlobalOptions globals, ParseResult parse, CommandOutput output)
    {
        this.globals = globals;
        (Host, Parse, Output) = (host, parse, output);
        Home = SignerHome.Find(parse.GetValue(globals.HomeDirectory), host.Environment);
        Keys = new FileKeyStore(Home.Keys, output.WarnOnce);
        KeyFinder = new KeyFinder(Keys, Home, host.Environment);
        Timeout = Durations.Parse(parse.GetRequiredValue(globals.Timeout), "--timeout", MaxTimeoutDays);
        descriptor = parse.GetValue(globals.PassphraseDescriptor) is { } number ? new PassphraseDescriptor(number) : null;
        if (descriptor is not null && parse.GetValue(globals.PassphraseFile) is not null)
            throw new TrustException(TrustError.Usage, "--passphrase-file and --passphrase-fd are both given; one place is enough.");
        Passphrases = new Passphrases(parse.GetValue(globals.PassphraseFile), descriptor, host.Environment, host.Terminal, output);
        tokens = new TokenKeys(Passphrases, host.Environment);
        Keyring = new RoleKeyring(Keys, KeyFinder, Passphrases, tokens, new ProgramKeys(host.Environment, Timeout, output.Say), new KeyNotes(host.Time), output.WarnOnce);
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

    /// <summary>Reads the public keys that people name for a role.</summary>
    public PublicKeys PublicKeys => new(KeyFinder);

    /// <summary>Gets passphrases.</summary>
    public Passphrases Passphrases { get; }

    /// <summary>Chooses and opens keys.</summary>
    public RoleKeyring Keyring { get; }

    /// <summary>How long servers may take altogether.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The settings.</summary>
    public SignerConfig Config => config ??= SignerConfig.Load(Home.ConfigFile);

    /// <summary>The pinned roots.</summary>
    public PinnedRoots Roots => new(Home, Config);

    /// <summary>The trust server.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if none is named.</exception>
    public TrustServers Servers => servers ??= TrustServers.Open(Host, globals, Parse, Output, Config, Home.ConfigFile);

    /// <summary>The time now.</summary>
    public DateTimeOffset Now => Host.Time.GetUtcNow();

    /// <summary>Opens a repository under what anchors its trust.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RootNotPinned"/> if nothing anchors it.</exception>
    public Task<RepositoryTrust> OpenAsync(RepositoryName repository, TrustFlags trust, bool isOffline, CancellationToken cancellationToken) =>
        new RepositoryOpening(this, trust).OpenAsync(repository, isOffline, cancellationToken);

    /// <summary>Opens a repository under an anchor that is known.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public Task<RepositoryTrust> OpenAsync(RepositoryName repository, TrustAnchor anchor, ImmutableArray<IMetadataFormat> formats, bool isOffline, CancellationToken cancellationToken) =>
        OpenAsync(repository, anchor, formats, isOffline ? null : format => Servers.For(format).Metadata(repository), cancellationToken);

    /// <summary>Opens a repository whose metadata comes from anywhere; from nowhere if <paramref name="sourceOf"/> is null.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public Task<RepositoryTrust> OpenAsync(RepositoryName repository, TrustAnchor anchor, ImmutableArray<IMetadataFormat> formats, Func<IMetadataFormat, IMetadataSource>? sourceOf, CancellationToken cancellationToken)
    {
        PrivateFiles.EnsureDirectory(Home.Cache);
        Output.Detail($"{repository} is pinned to {anchor.Text}");
        return RepositoryTrust.OpenAsync(repository, anchor, formats, sourceOf, Home.Cache, Now, cancellationToken);
    }

    /// <summary>A host that serves TUF metadata as files; a run asks one at the most.</summary>
    /// <param name="name">What the command line calls its address.</param>
    /// <param name="url">The address.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.InsecureTransport"/>.</exception>
    public MetadataHost HostAt(string name, string url) => metadataHost ??= MetadataHost.Open(name, url, TrustServers.OptionsOf(Host, globals, Parse, Config));

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
            // Who was waited for, where that is known.
            var late = e.InnerException as TrustException;
            throw late is { Info.Outcome: not Outcome.Unreachable } ? late : new TrustException(late?.Error ?? TrustError.ServerUnreachable, $"{late?.Message ?? "The servers did not finish."} The time of --timeout, {Timeout.TotalSeconds:0} s, is over. Nothing was decided.", e)
            {
                Hint = "Try again, or allow more with --timeout.",
            };
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
    public void Dispose()
    {
        servers?.Dispose();
        metadataHost?.Dispose();
        tokens.Dispose();
        descriptor?.Dispose();
    }
}
