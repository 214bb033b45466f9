using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>One signer of a repository: a role directly below targets.</summary>
/// <param name="Name">The signer.</param>
/// <param name="Role">Its role.</param>
/// <param name="Paths">What it may sign, as people write it.</param>
/// <param name="Trusted">Its current file, or null.</param>
/// <param name="Refusal">Why that does not count, or null.</param>
internal sealed record SignerLine(string Name, SigningRole Role, ImmutableArray<string> Paths, TrustedTargets? Trusted, TrustException? Refusal)
{
    /// <summary>How targets delegates to it.</summary>
    public DelegatedRole Delegation => Role.Delegation!;

    /// <summary>How many keys it has; that some are said to be thrown away is the owner's word alone.</summary>
    public string Needs => Delegation.OneTimeKeys.Length is var oneTime and > 0 ? $"{Role.Threshold} of {Role.Keys.Length - oneTime} + {oneTime} one-time" : $"{Role.Threshold} of {Role.Keys.Length}";

    /// <summary>The version of its file, or null.</summary>
    public long? Version => Trusted?.Metadata.Signed.Version;

    /// <summary>Tags and digests that it signs.</summary>
    public int Targets => Trusted?.Metadata.Signed.TargetFiles.Count ?? 0;

    /// <summary>True if its own keys never signed anything.</summary>
    public bool IsNeverUsed => IsUnused(Delegation, Trusted, Refusal);

    /// <summary>True if the own keys of a delegated role never signed anything.</summary>
    public static bool IsUnused(DelegatedRole delegation, TrustedTargets? file, TrustException? refusal) =>
        refusal?.Error == TrustError.RoleNotListed || (file is not null && file.Signers.Signed.All(delegation.OneTimeKeys.Contains));

    /// <summary>Until when it is valid, or what is wrong with it.</summary>
    public string State(DateTimeOffset now) => (Trusted, Refusal) switch
    {
        (null, { Error: not TrustError.RoleNotListed } refusal) => $"INVALID: {refusal.Info.Title}",
        (null, _) => "never used",
        ({ } file, _) => CommandOutput.Date(file.Metadata.Signed.Expires) + (file.Metadata.Signed.Expires <= now ? "  EXPIRED" : "") + (IsNeverUsed ? "  never used" : ""),
    };

    /// <summary>Reads every signer; expiry is not looked at, it is shown.</summary>
    /// <exception cref="TrustException">A coded refusal of anything but a signer's file.</exception>
    public static async Task<IReadOnlyList<SignerLine>> ReadAllAsync(RepositoryTrust trust, DateTimeOffset referenceTime, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(referenceTime, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null });
        return await ReadAllAsync(client, await client.RefreshAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Reads every signer.</summary>
    /// <exception cref="TrustException">A coded refusal of anything but a signer's file.</exception>
    public static async Task<IReadOnlyList<SignerLine>> ReadAllAsync(TrustClient client, TrustedTargets targets, CancellationToken cancellationToken)
    {
        var readings = new List<RoleReading>();
        foreach (var role in SigningRole.DelegatedBy(targets))
        {
            try
            {
                readings.Add(new RoleReading(role.Name, targets, await client.LoadDelegatedAsync(new DelegationStep(targets, role.Name), cancellationToken), null));
            }
            catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
            {
                readings.Add(new RoleReading(role.Name, targets, null, e));
            }
        }
        return Of(targets, readings);
    }

    /// <summary>The signers among roles that were read.</summary>
    public static IReadOnlyList<SignerLine> Of(TrustedTargets targets, IEnumerable<RoleReading> readings)
    {
        var rules = targets.Snapshot.Root.Format.Rules.Signers;
        return
        [
            .. SigningRole.DelegatedBy(targets).Join(
                readings.Where(reading => reading.Delegator == targets),
                role => role.Name,
                reading => reading.Role,
                (role, reading) => new SignerLine(rules.NameOf(role.Name), role, [.. (role.Delegation!.Paths ?? []).Select(rules.ShowPath)], reading.Trusted, reading.Refusal)),
        ];
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter writer, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString("name", Name);
        writer.WriteString("role", Role.Name.Value);
        writer.WriteTexts("paths", Paths);
        writer.WriteBoolean("terminating", Delegation.Terminating);
        writer.WriteNumber("threshold", Role.Threshold);
        writer.WriteStartArray("keys");
        foreach (var key in Role.Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("keyid", key.Id.Value);
            if (Role.NameOf(key.Id) is { } holder)
                writer.WriteString("name", holder);
            writer.WriteBoolean("oneTime", Delegation.OneTimeKeys.Contains(key.Id));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteBoolean("neverUsed", IsNeverUsed);
        if (Trusted is { } file)
        {
            writer.WriteNumber("version", file.Metadata.Signed.Version);
            writer.WriteTime("expires", file.Metadata.Signed.Expires);
            writer.WriteBoolean("expired", file.Metadata.Signed.Expires <= now);
            writer.WriteNumber("targets", Targets);
            writer.WriteTexts("signedBy", file.Signers.Signed.Select(id => id.Value));
        }
        else if (Refusal is { Error: not TrustError.RoleNotListed } refusal)
        {
            writer.WriteError(refusal);
        }
        writer.WriteEndObject();
    }
}
