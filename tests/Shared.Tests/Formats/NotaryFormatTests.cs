using System.Text;
using TrustService.Formats.Notary;
using TrustService.Metadata;

namespace TrustService.Shared.Tests.Formats;

/// <summary>Spellings of Notary's clients that are not those of this writer.</summary>
public sealed class NotaryFormatTests
{
    [Theory]
    [InlineData("""{"keys":{},"roles":null}""")]
    [InlineData("""{"keys":{},"roles":[]}""")]
    [InlineData("""{"keys":{}}""")]
    public void Targets_WhoseLastDelegationWasRemoved_DelegatesToNobody(string delegations)
    {
        var file = Encoding.UTF8.GetBytes($$$"""{"signed":{"_type":"Targets","delegations":{{{delegations}}},"expires":"2030-01-01T00:00:00Z","targets":{},"version":3},"signatures":[]}""");

        Assert.Empty(NotaryFormat.Instance.Read<Targets>(file, file.Length).Signed.Delegations!.Roles);
    }
}
