using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>What a command of owners did, repository by repository.</summary>
/// <param name="done">The word for what was done, in JSON.</param>
internal sealed class OwnerResults(string done)
{
    private readonly List<(RepositoryName Repository, string? Versions, TrustException? Error)> entries = [];

    /// <summary>Works on one repository and notes what came of it; a refusal leaves the others alone.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="work">Does it and tells the versions that were published; null if nothing was to be done.</param>
    public async Task AddAsync(RepositoryName repository, Func<Task<string?>> work)
    {
        try
        {
            entries.Add((repository, await work(), null));
        }
        catch (TrustException e)
        {
            entries.Add((repository, null, e));
        }
    }

    /// <summary>Shows it; the result of each repository is a line.</summary>
    /// <returns>The worst outcome.</returns>
    public Outcome Show(CommandOutput output)
    {
        foreach (var error in entries.Select(entry => entry.Error).OfType<TrustException>())
            output.Refuse(error);
        foreach (var (repository, versions, _) in entries.Where(entry => entry.Error is null))
            output.Result($"{repository}  {(versions is null ? "nothing to do" : $"published {versions}")}");
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var (repository, versions, error) in entries)
            {
                if (error is not null)
                {
                    writer.WriteRefusal(repository.Value, error);
                    continue;
                }
                writer.WriteStartObject();
                writer.WriteString("reference", repository.Value);
                writer.WriteOutcome(versions is null ? "unchanged" : done, Outcome.Verified);
                if (versions is not null)
                    writer.WriteString("published", versions);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
        return Outcomes.Worst(entries.Select(entry => entry.Error?.Info.Outcome ?? Outcome.Verified));
    }
}
