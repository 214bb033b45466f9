using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>Carries out a change of signers in many repositories; a refusal in one leaves the others alone.</summary>
/// <param name="context">The run.</param>
/// <param name="trust">What the command line says of trust.</param>
/// <param name="request">How it is to be signed.</param>
internal sealed class DelegationEditing(CommandContext context, TrustFlags trust, SigningRequest request)
{
    /// <summary>Plans and publishes the change in each repository, and shows what became of it.</summary>
    /// <param name="repositories">Names and patterns of repositories.</param>
    /// <param name="signer">The signer.</param>
    /// <param name="question">The change in one sentence, as a question without its mark.</param>
    /// <param name="plan">Plans it for one repository.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Outcome> RunAsync(
        IReadOnlyList<string> repositories, string signer, string question, Func<CurrentRoles, KeyStores.SigningKeyring, DelegationPlan> plan, CancellationToken cancellationToken)
    {
        var names = await RepositoryArguments.ExpandAsync(context, repositories, cancellationToken);
        if (names.Length > 1 && request.PendingFile is not null)
            throw new TrustException(TrustError.Usage, $"--out takes the change of one repository, but {names.Length} are meant.");
        if (names.Length > 1)
        {
            foreach (var name in names)
                context.Output.Say($"  {name}");
            context.Confirm($"{question} in these {names.Length} repositories?", request.IsConfirmed);
        }
        var results = new List<Changed>();
        using var signing = new RepositorySigning(context, trust, request with { IsConfirmed = request.IsConfirmed || names.Length > 1 });
        foreach (var name in names)
            results.Add(await ChangeAsync(signing, name, signer, question, plan, cancellationToken));
        return Show(signer, results);
    }

    private async Task<Changed> ChangeAsync(
        RepositorySigning signing, RepositoryName repository, string signer, string question, Func<CurrentRoles, KeyStores.SigningKeyring, DelegationPlan> makePlan, CancellationToken cancellationToken)
    {
        try
        {
            var current = await signing.ReadAsync(repository, _ => new TargetsChange(), targets => DelegationPlan.Needed(targets, signer), cancellationToken);
            using var plan = makePlan(current, signing.Keys);
            foreach (var note in plan.Notes)
                context.Output.Notice(note);
            foreach (var loss in plan.Losses)
                context.Output.Warn(loss);
            if (plan.Losses.Count > 0)
                context.Confirm($"{question} in {repository} all the same?", request.IsConfirmed);
            var result = await signing.PublishAsync(repository, current, plan.Shares, new TargetsChange { Delegations = plan.Change }, keys => $"{question} in {repository}, with {keys}?", cancellationToken);
            return new Changed(repository, result, null);
        }
        catch (TrustException e)
        {
            return new Changed(repository, null, e);
        }
    }

    private Outcome Show(string signer, List<Changed> results)
    {
        foreach (var (repository, result, error) in results)
        {
            if (error is not null)
            {
                if (results.Count > 1)
                    context.Output.Say(repository.Value);
                context.Output.Refuse(error);
                continue;
            }
            context.Output.Say(Word(result!), $"{repository}{(result!.Roles.IsEmpty ? "" : $"  ({SignResults.RolesOf(result)})")}");
            context.Output.Result(repository.Value);
        }
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var (repository, result, error) in results)
            {
                writer.WriteStartObject();
                writer.WriteString("repository", repository.Value);
                writer.WriteString("signer", signer);
                var outcome = error?.Info.Outcome ?? Outcome.Verified;
                writer.WriteOutcome(error is null ? Word(result!).ToLowerInvariant() : Outcomes.Name(outcome), outcome);
                if (error is not null)
                    writer.WriteError(error);
                if (result is not null)
                    writer.WriteRoles(result);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
        return Outcomes.Worst(results.Select(result => result.Error?.Info.Outcome ?? Outcome.Verified));
    }

    private static string Word(SigningResult result) => result switch { { Pending.IsEmpty: false } => "Pending", { IsPublished: true } => "Changed", _ => "Unchanged" };

    private sealed record Changed(RepositoryName Repository, SigningResult? Result, TrustException? Error);
}
