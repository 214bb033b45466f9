using System.Collections.Immutable;
using System.Globalization;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService;

/// <summary>The front door of verification: an image reference in, an outcome out. It verifies images of one repository in one run.</summary>
/// <param name="trust">The repository under its pinned root.</param>
/// <param name="referenceTime">The one time of this run, UTC.</param>
/// <param name="options">How the client updates.</param>
public sealed class ImageVerifier(RepositoryTrust trust, DateTimeOffset referenceTime, TrustClientOptions options)
{
    private readonly TrustClient client = trust.StartRun(referenceTime, options);
    private TrustedTargets? top;

    /// <summary>Verifies one image. Refusals are outcomes, never exceptions.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<VerificationOutcome> VerifyAsync(VerificationRequest request, CancellationToken cancellationToken)
    {
        var decided = await DecideAsync(request, cancellationToken).ConfigureAwait(false);
        return await decided.CompareAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does the part of the verification that reads the trust data; what is left needs neither this nor the repository to be open.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<DecidedImage> DecideAsync(VerificationRequest request, CancellationToken cancellationToken)
    {
        var reference = request.Reference;
        var outcome = new VerificationOutcome { Reference = reference, TargetPath = reference.Tag ?? $"{reference.Digest!.Algorithm}-{reference.Digest.Hex}" };
        try
        {
            top ??= await client.RefreshAsync(cancellationToken).ConfigureAwait(false);
            outcome = WithMetadata(outcome, top);
            outcome = await CheckSignedAsync(outcome, top, cancellationToken).ConfigureAwait(false);
            outcome = CheckFresh(outcome, request, top);
        }
        catch (RefusedCheckException refused)
        {
            outcome = outcome with { Warnings = SkippedRoles(), Checks = outcome.Checks.Add(new CheckResult(refused.Check, CheckStatus.Fail, refused.Error.Message)), Error = refused.Error, Signed = refused.Signed ?? outcome.Signed };
        }
        catch (TrustException e)
        {
            var check = e.Info.Outcome == Outcome.Stale ? "fresh" : "signed";
            outcome = outcome with { Warnings = SkippedRoles(), Checks = outcome.Checks.Add(new CheckResult(check, CheckStatus.Fail, e.Message)), Error = VerificationAdvice.AddTo(e) };
        }
        return new DecidedImage(outcome, request);
    }

    private static VerificationOutcome WithMetadata(VerificationOutcome outcome, TrustedTargets top)
    {
        var snapshot = top.Snapshot;
        var timestamp = snapshot.Timestamp;
        return outcome with
        {
            SignedAt = timestamp.Metadata.Signed.SignedAt,
            Metadata =
            [
                Status(RoleName.Root, timestamp.Root.Metadata.Signed), Status(RoleName.Timestamp, timestamp.Metadata.Signed),
                Status(RoleName.Snapshot, snapshot.Metadata.Signed), Status(RoleName.Targets, top.Metadata.Signed),
            ],
        };
    }

    private async Task<VerificationOutcome> CheckSignedAsync(VerificationOutcome outcome, TrustedTargets targets, CancellationToken cancellationToken)
    {
        var found = await FindAsync(outcome.Reference, targets, cancellationToken).ConfigureAwait(false);
        var signed = Describe(found);
        if (outcome.Reference.Digest is { } asked && asked != signed.Digest)
            throw new RefusedCheckException("signed", new TrustException(TrustError.DigestMismatch, $"{found.Path} is signed as {signed.Digest}, but {asked} was asked for.") { Hint = $"The signed image is {outcome.Reference.Pinned(signed.Digest)}" }, signed);
        var role = found.Role;
        return outcome with
        {
            Warnings = SkippedRoles(),
            TargetPath = found.Path,
            Signed = signed,
            SignedBy = role.Role,
            SigningKeys = role.Signers.Signed,
            Metadata = role.Role == RoleName.Targets ? outcome.Metadata : outcome.Metadata.Add(Status(role.Role, role.Metadata.Signed)),
            Checks = outcome.Checks.Add(new CheckResult("signed", CheckStatus.Pass, $"{found.Path} → {signed.Digest.Short}  by {role.Role} ({string.Join(", ", role.Signers.Signed.Select(id => id.Short))})")),
        };
    }

    // A tag decides by itself. A digest alone is signed if it was signed as such, or if a tag points to it now.
    private async Task<FoundTarget> FindAsync(ImageReference reference, TrustedTargets targets, CancellationToken cancellationToken)
    {
        if (await client.FindAsync(targets, TargetNames.For(reference), cancellationToken).ConfigureAwait(false) is { } direct)
            return direct;
        if (reference.Tag is not null)
            throw NotSigned(reference, await TryListAsync(targets, cancellationToken).ConfigureAwait(false), await TryOthersAsync(targets, TargetNames.For(reference), cancellationToken).ConfigureAwait(false));
        var all = await TargetListing.ReadAsync(client, targets, cancellationToken).ConfigureAwait(false);
        return all.FirstOrDefault(target => target.Target.Hashes.Sha256 is { } hash && Json.Hex.Encode(hash.Span) == reference.Digest!.Hex) ?? throw NotSigned(reference, all, []);
    }

    // For a hint only: what is signed under other names decides nothing about a tag.
    private async Task<IReadOnlyList<FoundTarget>?> TryListAsync(TrustedTargets targets, CancellationToken cancellationToken)
    {
        // Not worth a thousand files.
        if (targets.Bins is not null)
            return null;
        try
        {
            return await TargetListing.TryReadAsync(client, targets, cancellationToken).ConfigureAwait(false);
        }
        catch (TrustException)
        {
            return null;
        }
    }

    // For the message only: where just some roles name images, others may have signed one all the same.
    private async Task<IReadOnlyList<RoleName>> TryOthersAsync(TrustedTargets targets, string path, CancellationToken cancellationToken)
    {
        if (targets.Snapshot.Root.Format.Rules.ImageRoles.IsEmpty)
            return [];
        try
        {
            var roles = await client.ReadAllRolesAsync(targets, cancellationToken).ConfigureAwait(false);
            return [.. roles.Where(reading => reading.Trusted?.Metadata.Signed.TargetFiles.ContainsKey(path) == true).Select(reading => reading.Role)];
        }
        catch (TrustException)
        {
            return [];
        }
    }

    private ImmutableArray<string> SkippedRoles() => [.. client.Skipped.Where(role => role.Value.Error != TrustError.RoleNotListed).Select(role => $"{role.Key} is left out: {role.Value.Message}")];

    private static RefusedCheckException NotSigned(ImageReference reference, IReadOnlyList<FoundTarget>? all, IReadOnlyList<RoleName> others)
    {
        var tags = all?.Select(target => target.Path).Where(path => TargetNames.DigestOf(path) is null).ToList();
        var count = tags is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({tags.Count} {(tags.Count == 1 ? "tag" : "tags")})");
        var what = reference.Tag is { } tag ? $"'{tag}'" : reference.Digest!.Short;
        var hint = (tags is null or [] ? "" : $"Signed tags: {string.Join(", ", tags.Take(5))}{(tags.Count > 5 ? ", …" : "")} (signer inspect {reference.Repository} shows all). ")
            + $"To sign it, someone with the targets key runs: signer sign {reference}";
        var message = others.Count == 0
            ? $"{reference.Repository} has trust data{count}, but {what} is not signed."
            : $"{what} of {reference.Repository} is signed by {string.Join(", ", others)} only, which no client takes images from.";
        return new RefusedCheckException("signed", new TrustException(TrustError.NotSigned, message) { Hint = hint }, null);
    }

    private static Descriptor Describe(FoundTarget found)
    {
        if (found.Target.Hashes.Sha256 is not { Length: 32 } sha256)
            throw new TrustException(TrustError.NoSupportedHash, $"{found.Path} is signed without a sha256, so it names no image.") { Role = found.Role.Role.Value };
        var digest = Digest.Parse("sha256:" + Json.Hex.Encode(sha256.Span));
        if (!TargetNames.Allows(found.Path, digest))
            throw new TrustException(TrustError.HashMismatch, $"{found.Path} is named by a digest, but it is signed as {digest}.") { Role = found.Role.Role.Value };
        return new Descriptor(ImageTarget.MediaTypeOf(found.Target) ?? "", digest, found.Target.Length);
    }

    private VerificationOutcome CheckFresh(VerificationOutcome outcome, VerificationRequest request, TrustedTargets targets)
    {
        var timestamp = targets.Snapshot.Timestamp.Metadata.Signed;
        if (request.MaxAge is { } maxAge)
        {
            if (timestamp.SignedAt is not { } signedAt)
                throw new RefusedCheckException("fresh", new TrustException(TrustError.TooOld, $"The trust server does not say when timestamp {timestamp.Version} was signed, so its age cannot be limited.") { Role = "timestamp" }, null);
            if (referenceTime - signedAt > maxAge)
                throw new RefusedCheckException("fresh", new TrustException(TrustError.TooOld, $"timestamp {timestamp.Version} was signed at {signedAt:u}, which is {Show(referenceTime - signedAt)} ago; at most {Show(maxAge)} are allowed.") { Role = "timestamp" }, null);
        }
        if (request.MinValidity is { } needed && outcome.Metadata.FirstOrDefault(role => role.Role != RoleName.Timestamp && role.Role != RoleName.Snapshot && role.Expires - referenceTime < needed) is { } shortLived)
            throw new RefusedCheckException("fresh", new TrustException(TrustError.TooOld, $"{shortLived.Role} {shortLived.Version} expires at {shortLived.Expires:u}, in {Show(shortLived.Expires - referenceTime)}; {Show(needed)} are needed.") { Role = shortLived.Role.Value, Hint = "Its owners have to renew it; signer doctor tells who they are." }, null);
        return outcome with
        {
            Expiring = request.ExpiryWindow is { } window ? ExpiryWatch.Near(outcome.Metadata, outcome.SignedAt, referenceTime, window) : [],
            Checks = outcome.Checks.Add(new CheckResult("fresh", CheckStatus.Pass, string.Create(CultureInfo.InvariantCulture, $"timestamp {timestamp.Version}, valid until {timestamp.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC"))),
        };
    }

    private static string Show(TimeSpan span) => span switch
    {
        { TotalDays: >= 3 } => $"{(int)span.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} minutes",
        { TotalSeconds: >= 1 and < 2 } => "1 second",
        _ => $"{(int)span.TotalSeconds} seconds",
    };

    private static RoleStatus Status<TRole>(RoleName name, TRole role)
        where TRole : class, IRole => new(name, role.Version, role.Expires);

    // Carries which check refused to the one place that makes the outcome.
    private sealed class RefusedCheckException(string check, TrustException error, Descriptor? signed) : Exception
    {
        public string Check { get; } = check;

        public TrustException Error { get; } = error;

        public Descriptor? Signed { get; } = signed;
    }
}
