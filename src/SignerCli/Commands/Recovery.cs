using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// Takes the versions of a thief back: a new root replaces the stolen keys and those of snapshot and timestamp, so that every client forgets what it
/// saw, and what is published begins again from the last honest content. Or gives a server that went back what this machine still has.
/// </summary>
/// <remarks>Source: TUF 1.0.34 §5.3.11.</remarks>
/// <param name="context">The run.</param>
/// <param name="current">What is published.</param>
/// <param name="request">How keys are replaced.</param>
/// <param name="asked">What the command line says of which versions are taken.</param>
internal sealed class Recovery(CommandContext context, OwnerReading current, KeyRotationRequest request, HonestChoice asked)
{
    private const int MaxNamedTags = 20;

    /// <summary>Makes new keys, says what is going to happen, and adds it to an update.</summary>
    /// <param name="update">What is to be published.</param>
    /// <param name="stolen">The roles whose keys the thief has; those that the server signs need not be among them.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task PlanAsync(OwnerUpdate update, ImmutableArray<RoleName> stolen, CancellationToken cancellationToken)
    {
        // One key signs all hash bins and targets: whoever has it has all of them.
        var bins = current.Top.Metadata.Signed.Delegations?.Succinct;
        if (stolen.Any(role => bins?.IsBin(role) == true))
            stolen = [.. stolen.Append(RoleName.Targets).Distinct()];
        var honest = new Dictionary<RoleName, HonestVersion>();
        var content = new HonestContent(context, current, asked);
        // Before anything is asked of the server, or made: without the content there is nothing to do.
        foreach (var role in WithSharedKeys(stolen).Where(role => bins?.IsBin(role) != true))
        {
            honest[role] = await content.ChooseAsync(role, cancellationToken);
            ShowOutcome(content, role, honest[role].Content);
        }
        var honestBins = honest.TryGetValue(RoleName.Targets, out var targets) ? await content.ChooseBinsAsync(targets, cancellationToken) : [];
        ShowBins(content, honestBins);
        var rotation = new KeyRotation(context, current, request);
        await rotation.RotateOnlineAsync(update, [RoleName.Snapshot, RoleName.Timestamp], cancellationToken);
        if (targets is not null)
            rotation.RotateTargets(update, targets.Base, honestBins.ToDictionary(bin => bin.Key, bin => bin.Value.Base));
        // Bins that have keys of their own need them only where their content changes.
        foreach (var (bin, version) in honestBins.Where(bin => !update.Signs(bin.Key) && bin.Value.Content.Version != current.PublishedVersion(bin.Key)))
            update.Add(bin, TargetsEditor.Next(version.Base, new TargetsChange(), context.Now + request.Lifetime));
        foreach (var role in stolen.Where(role => role != RoleName.Targets && bins?.IsBin(role) != true && !update.Signs(role)))
            rotation.RotateDelegated(update, role, name => honest.TryGetValue(name, out var found) ? found.Base : update.Next(name));
        context.Output.Say("What happens", $"Published as one: {update.Versions}. The new root takes the former keys away, so every client forgets the timestamp and snapshot that it saw, and goes on with these.");
    }

    /// <summary>The files that this machine has and the server has lost, newer than what it publishes.</summary>
    public async Task<IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>>> LostFilesAsync(CancellationToken cancellationToken)
    {
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>>();
        var source = context.Servers.For(current.Format).Metadata(current.Repository);
        var limit = VerificationLimits.Default.MaxRootBytes;
        if (await context.WithinTimeoutAsync(token => source.FetchAsync(current.Format.Rules.FileName(RoleName.Root, current.Root.Version), limit, token), cancellationToken) is null)
            files[RoleName.Root] = current.Root.Metadata.File;
        foreach (var (role, remembered) in current.Remembered.Where(entry => entry.Key != RoleName.Timestamp && entry.Key != RoleName.Snapshot))
        {
            if (remembered.Version > current.PublishedVersion(role))
                files[role] = remembered.File;
        }
        return files;
    }

    // Whoever confirms must see what counts afterwards.
    private void ShowOutcome(HonestContent content, RoleName role, Targets honest)
    {
        if (current.PublishedFile(role) is not { } file)
            return;
        var published = current.Format.Read<Targets>(file, VerificationLimits.Default.MaxListedBytes).Signed;
        var lines = content.Differences(published, honest).ToList();
        context.Output.Say("Afterwards", $"{role} says what it said in version {honest.Version}: {honest.TargetFiles.Count} signed, compared with now {(lines.Count == 0 ? "the same" : string.Join(", ", lines.Take(MaxNamedTags)))}{(lines.Count > MaxNamedTags ? $" and {lines.Count - MaxNamedTags} more" : "")}");
    }

    private void ShowBins(HonestContent content, Dictionary<RoleName, HonestVersion> bins)
    {
        var unchanged = 0;
        foreach (var (bin, version) in bins)
        {
            if (version.Content.Version == current.PublishedVersion(bin))
                unchanged++;
            else
                ShowOutcome(content, bin, version.Content);
        }
        if (unchanged > 0)
            context.Output.Say("Afterwards", $"{unchanged} of {bins.Count} bins say what they say now: signer inspect {current.Repository} lists it.");
    }

    // Whoever has one key of a delegated role may have signed every role that lists it.
    private ImmutableArray<RoleName> WithSharedKeys(ImmutableArray<RoleName> stolen)
    {
        if (current.Top.Metadata.Signed.Delegations is not { Succinct: null } delegations)
            return stolen;
        var keys = delegations.Roles.Where(role => stolen.Contains(role.Name)).SelectMany(role => role.RoleKeys.KeyIds).ToHashSet();
        return [.. stolen.Union(delegations.Roles.Where(role => role.RoleKeys.KeyIds.Any(keys.Contains) && current.PublishedVersion(role.Name) > 0).Select(role => role.Name))];
    }
}
