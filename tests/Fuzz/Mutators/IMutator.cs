namespace TrustService.Fuzz.Mutators;

/// <summary>Damages inputs, knowing their structure.</summary>
internal interface IMutator
{
    /// <summary>An input that differs from <paramref name="seed"/> in one or a few places.</summary>
    byte[] Mutate(byte[] seed, Random random);
}
