using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// Shows what targets roles said in their last versions, and asks which of them no thief made. Nobody else can know: a thief also signs versions that
/// look like any other.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="current">What is published.</param>
/// <param name="asked">What the command line says.</param>
internal sealed class HonestContent(CommandContext context, OwnerReading current, HonestChoice asked)
{
    private const int MaxShown = 5;
    private const int MaxNamedTags = 10;
    private const int MaxNamedRoles = 20;

    // Versions of a role that are looked for: a server may tell of any number.
    private const int MaxTried = 100;

    private bool CanAsk => !asked.IsConfirmed && context.Host.Terminal.CanAsk;

    /// <summary>The content of the version that the owner names.</summary>
    /// <param name="role">Targets or a delegated role that is no hash bin.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="TrustException"><see cref="TrustError.MetadataUnknown"/> if it is found nowhere; <see cref="TrustError.Usage"/> if no version is named and nobody can be asked.</exception>
    public async Task<HonestVersion> ChooseAsync(RoleName role, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(await ListAsync(role, cancellationToken), null, cancellationToken);
        return Take(read, Named(read) ?? (CanAsk ? Ask(read) : throw Unnamed([read])));
    }

    /// <summary>
    /// The content of every hash bin as the owner names it. Only bins that nobody has signed since <paramref name="targets"/> was published stay as they
    /// are without being named: targets lists nothing itself where there are bins, so that its version says nothing of them.
    /// </summary>
    /// <param name="targets">The version of targets that the owner named.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>None if that version has no bins.</returns>
    /// <exception cref="TrustException">As <see cref="ChooseAsync"/>; the refusal names every bin for which a version is needed.</exception>
    public async Task<Dictionary<RoleName, HonestVersion>> ChooseBinsAsync(HonestVersion targets, CancellationToken cancellationToken)
    {
        var chosen = new Dictionary<RoleName, HonestVersion>();
        if (targets.Content.Delegations is not { Succinct: { } bins } delegations)
            return chosen;
        var open = new List<ReadVersions>();
        foreach (var bin in HashBins.NamesOf(bins).Union(current.Delegated.Select(reading => reading.Role).Where(bins.IsBin)))
        {
            context.Output.Progress($"Reading {bin}");
            var history = await ListAsync(bin, cancellationToken);
            if (history.Plausible.IsEmpty && current.PublishedVersion(bin) == 0)
                continue;
            var isUnchanged = asked.Before is null && !asked.From.ContainsKey(bin) && targets.PublishedAt is { } since && history.IsUnchangedSince(since);
            var read = await ReadAsync(isUnchanged ? history with { Plausible = history.Plausible[..1] } : history, delegations, cancellationToken);
            if ((isUnchanged ? read.Contents.Keys.Max() : Named(read)) is { } version)
                chosen.Add(bin, Take(read, version));
            else
                open.Add(read);
        }
        if (open.Count > 0 && !CanAsk)
            throw Unnamed(open);
        foreach (var read in open)
            chosen.Add(read.History.Role, Take(read, Ask(read)));
        return chosen;
    }

    /// <summary>
    /// What differs, tag by tag: <c>+</c> added, <c>-</c> removed, <c>~</c> another digest; and whether others may sign. Where there are hash bins a
    /// version of targets changes nothing but who signs them.
    /// </summary>
    public IEnumerable<string> Differences(Targets before, Targets after)
    {
        foreach (var path in before.TargetFiles.Keys.Union(after.TargetFiles.Keys).Order(StringComparer.Ordinal))
        {
            var (then, now) = (before.TargetFiles.GetValueOrDefault(path), after.TargetFiles.GetValueOrDefault(path));
            if (then is null || now is null || !now.Hashes.ContentEquals(then.Hashes))
                yield return $"{(then is null ? "+" : now is null ? "-" : "~")} {Printable.Text(path)}";
        }
        var rest = after with { TargetFiles = new Dictionary<string, TargetFile>() };
        if (!current.Format.WriteSigned(rest with { Delegations = before.Delegations, KeyNames = before.KeyNames }).AsSpan().SequenceEqual(current.Format.WriteSigned(rest)))
            yield return "~ who may sign (delegations, their keys and names)";
    }

    private static HonestVersion Take(ReadVersions read, long version) =>
        new(read.Contents[version], read.Highest, read.History.PublishedAt.TryGetValue(version, out var at) ? at : null);

    private void Show(ReadVersions read)
    {
        var role = read.History.Role;
        context.Output.Say("Content", $"Versions of {role} that the stolen key signed, or its owner: nobody but you can tell which. Each with what it changed:");
        foreach (var (version, content) in read.Contents.OrderByDescending(entry => entry.Key).Take(MaxShown))
        {
            var before = read.Contents.Where(entry => entry.Key < version).OrderByDescending(entry => entry.Key).FirstOrDefault().Value;
            context.Output.Say("", $"{role} {version}{read.History.Describe(version)}: {content.TargetFiles.Count} signed; {(before is null ? "the oldest that is shown" : Changes(before, content))}");
        }
    }

    // The version that the command line names, or null.
    private long? Named(ReadVersions read)
    {
        if (asked.From.TryGetValue(read.History.Role, out var version))
        {
            Show(read);
            return version;
        }
        return asked.Before is null ? null : read.Contents.Keys.Max();
    }

    private long Ask(ReadVersions read)
    {
        Show(read);
        context.Output.EndProgress();
        var answer = context.Host.Terminal.ReadLine($"The last version of {read.History.Role} that its owner made [{VersionsOf(read)}]: ")?.Trim();
        return long.TryParse(answer, out var version) && read.Contents.ContainsKey(version) ? version : throw new TrustException(TrustError.Declined, "No version was named; nothing was changed.");
    }

    private TrustException Unnamed(IReadOnlyList<ReadVersions> open)
    {
        foreach (var read in open)
            Show(read);
        var roles = open.Select(read => read.History.Role).ToList();
        var more = roles.Count > MaxNamedRoles ? $"; and {roles.Count - MaxNamedRoles} more" : "";
        return new TrustException(TrustError.Usage, $"Which version is the last honest one has to be named: {string.Join("; ", open.Take(MaxNamedRoles).Select(read => $"{read.History.Role} ({VersionsOf(read)})"))}{more}.")
        {
            Role = roles[0].Value,
            Hint = $"signer recover{string.Concat(roles.Take(MaxNamedRoles).Select(role => $" --from {role}=VERSION"))}; or, for all that are not named, those that were the newest before a time: --before TIME",
        };
    }

    private static string VersionsOf(ReadVersions read) => string.Join(", ", read.Contents.Keys.OrderDescending());

    private string Changes(Targets before, Targets after)
    {
        var changes = Differences(before, after).ToList();
        return changes.Count == 0 ? "no change" : string.Join(", ", changes.Take(MaxNamedTags)) + (changes.Count > MaxNamedTags ? $" and {changes.Count - MaxNamedTags} more" : "");
    }

    private async Task<RoleHistory> ListAsync(RoleName role, CancellationToken cancellationToken)
    {
        var versions = await context.WithinTimeoutAsync(token => context.Servers.Management.ReadVersionsAsync(current.Repository, role, token), cancellationToken);
        long[] here = [current.PublishedVersion(role), current.Remembered.GetValueOrDefault(role)?.Version ?? 0, asked.From.GetValueOrDefault(role)];
        var listed = versions.Select(entry => entry.Version).Where(RoleHistory.IsPlausible).Distinct().OrderDescending().Take(MaxTried);
        return new RoleHistory(
            role,
            [.. listed.Union(here.Where(RoleHistory.IsPlausible)).OrderDescending()],
            versions.GroupBy(entry => entry.Version).ToDictionary(group => group.Key, group => group.First().PublishedAt));
    }

    // Of what the server tells only that counts which it can show, signed.
    private async Task<ReadVersions> ReadAsync(RoleHistory history, Delegations? delegations, CancellationToken cancellationToken)
    {
        var role = history.Role;
        var read = new ReadVersions(history, [], 0);
        foreach (var version in history.Plausible)
        {
            var isWanted = asked.From.TryGetValue(role, out var named) ? version == named
                : asked.Before is { } time ? read.Contents.Count == 0 && history.IsBefore(version, time)
                : read.Contents.Count <= MaxShown;
            if ((!isWanted && read.Highest > 0) || await FetchAsync(role, version, cancellationToken) is not { } file)
                continue;
            var (isSigned, isHonest) = (Recall(role, file) == version, RecallBin(delegations, role, file) == version);
            if (isSigned || isHonest)
                read = read with { Highest = Math.Max(read.Highest, version) };
            if (isWanted && (delegations is null ? isSigned : isHonest))
                read.Contents.Add(version, Read(file).Signed);
        }
        return read.Contents.Count > 0 ? read : throw NotFound(history);
    }

    private TrustException NotFound(RoleHistory history)
    {
        var role = history.Role;
        var what = asked.From.TryGetValue(role, out var named) ? $"{role} {named} is not found, or is not signed by the present keys."
            : asked.Before is { } time ? $"No version of {role} is found that is plausible, was published before {time:u} and is signed by the present keys."
            : $"No version of {role} is found that is plausible and signed by the present keys.";
        var others = history.Plausible.Where(version => !asked.From.ContainsKey(role) || version != named).ToList();
        return new TrustException(TrustError.MetadataUnknown, what)
        {
            Role = role.Value,
            Hint = others.Count == 0 ? "Run this on a machine that has seen the repository before, or sign the images anew in a new repository." : $"Versions that are known: {string.Join(", ", others.Take(20))}.",
        };
    }

    // From wherever it is had; what counts is whose keys signed it.
    private async Task<ReadOnlyMemory<byte>?> FetchAsync(RoleName role, long version, CancellationToken cancellationToken)
    {
        if (version == current.PublishedVersion(role))
            return current.PublishedFile(role);
        if (current.Remembered.GetValueOrDefault(role) is { } remembered && remembered.Version == version)
            return remembered.File;
        var name = current.Format.Rules.FileName(role, version);
        var file = await context.WithinTimeoutAsync(token => context.Servers.For(current.Format).Metadata(current.Repository).FetchAsync(name, VerificationLimits.Default.MaxListedBytes, token), cancellationToken);
        return file is null ? null : new ReadOnlyMemory<byte>(file);
    }

    private long? Recall(RoleName role, ReadOnlyMemory<byte> file) =>
        role == RoleName.Targets ? current.Top.Snapshot.RecallTargetsVersion(file) : current.Top.DelegatesTo(role) ? current.Top.RecallDelegatedVersion(role, file) : null;

    // By the delegation that the owner named: a thief with the targets key can have published another.
    private long? RecallBin(Delegations? delegations, RoleName role, ReadOnlyMemory<byte> file)
    {
        if (delegations?.KeysOf(role) is not { } keys)
            return null;
        try
        {
            var read = Read(file);
            return SignatureThreshold.Count(read, delegations.Keys, keys).IsMet ? read.Signed.Version : null;
        }
        catch (TrustException)
        {
            return null;
        }
    }

    private SignedMetadata<Targets> Read(ReadOnlyMemory<byte> file) => current.Format.Read<Targets>(file, VerificationLimits.Default.MaxListedBytes);

    // What was read of a role: the contents that can be taken, by version, and the highest version that the keys signed.
    private sealed record ReadVersions(RoleHistory History, Dictionary<long, Targets> Contents, long Highest);
}
