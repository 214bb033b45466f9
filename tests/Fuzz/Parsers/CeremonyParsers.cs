using System.Text;
using TrustService.Ceremony;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Fuzz.Mutators;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Fuzz.Parsers;

/// <summary>Proposals of roots, as files and as what stands in them.</summary>
internal static class CeremonyParsers
{
    private const int MaxRootBytes = 512_000;

    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    public static IEnumerable<ParserUnderTest> Make()
    {
        var repository = new RepositorySimulator(FixedTime.Start);
        var current = TufFormat.Instance.Read<Root>(repository.FirstRoot, MaxRootBytes);
        var proposal = RootProposal.Create(TufFormat.Instance, Repository, current, RootEditor.Next(current.Signed, new RootChange(FixedTime.Start.AddYears(1)).Name(current.Signed.Roles[RoleName.Root].KeyIds[0], "alice")), null, FixedTime.Start);
        yield return new ParserUnderTest("root-proposal-file", 3, new JsonMutator("kind", "root-proposal", "repository", "format", "current", "proposed", "targets", "notary"), [ProposalFile.Write(proposal)], input => Use(ProposalFile.Read(input)));
        // In the file it is in Base64, which a mutator would seldom leave one.
        yield return new ParserUnderTest("root-proposal-content", 3, new JsonMutator([.. MetadataParsers.Words, KeyNames.Member, "\n"]), [proposal.Proposed.File.ToArray()], input =>
            Use(RootProposal.Of(TufFormat.Instance, Repository, current, TufFormat.Instance.Read<Root>(input, MaxRootBytes), null)));
    }

    // What people see before they sign: each line by itself, whatever is in the file.
    private static void Use(RootProposal proposal)
    {
        var shown = new StringBuilder();
        foreach (var line in proposal.Diff.Lines().Concat(proposal.Progress.SelectMany(progress => progress.Signed.Concat(progress.Missing)).Select(holder => holder.ToString())))
            shown.Append(line);
        if (shown.ToString().Any(char.IsControl))
            throw new InvalidOperationException("A line holds a control character.");
        _ = proposal.Merge(proposal);
        proposal.Check(FixedTime.Start);
    }
}
