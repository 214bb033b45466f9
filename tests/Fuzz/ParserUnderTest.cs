using System.Collections.Immutable;
using TrustService.Fuzz.Mutators;

namespace TrustService.Fuzz;

/// <summary>A parser, valid inputs for it, and how they are damaged.</summary>
/// <param name="Name">Its name in reports and saved files.</param>
/// <param name="Weight">How often it gets its turn, against the others: slow parsers less often.</param>
/// <param name="Mutator">Makes damaged inputs of valid ones.</param>
/// <param name="Seeds">Valid inputs, or nearly valid ones.</param>
/// <param name="Run">Reads an input. It may return or throw a coded refusal; anything else is a finding.</param>
internal sealed record ParserUnderTest(string Name, int Weight, IMutator Mutator, ImmutableArray<byte[]> Seeds, Action<byte[]> Run)
{
    /// <summary>One damaged input, cut to what can be saved: repeating a part of a large one goes beyond it.</summary>
    public byte[] MakeInput(Random random)
    {
        var input = Mutator.Mutate(Seeds[random.Next(Seeds.Length)], random);
        return input.Length <= ByteMutator.MaxBytes ? input : input[..ByteMutator.MaxBytes];
    }
}
