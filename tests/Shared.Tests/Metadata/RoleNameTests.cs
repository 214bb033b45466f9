using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Metadata;

public sealed class RoleNameTests
{
    [Theory]
    [InlineData("root", true)]
    [InlineData("Root", false)]
    [InlineData("team/é", false)]
    public void Parse_Name_KnowsTheTopLevelRoles(string text, bool isTopLevel) => Assert.Equal(isTopLevel, RoleName.Parse(text).IsTopLevel);

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\u009Bb")]
    public void Parse_NoName_IsRefused(string text) => Refusal.Of(TrustError.InvalidRoleName, () => RoleName.Parse(text));

    [Fact]
    public void Parse_LongName_IsHeldToBytes()
    {
        Assert.Equal(255, RoleName.Parse(new string('a', 255)).Value.Length);
        Refusal.Of(TrustError.InvalidRoleName, () => RoleName.Parse(new string('a', 256)));
        Refusal.Of(TrustError.InvalidRoleName, () => RoleName.Parse(new string('é', 128)));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("ROOT")]
    [InlineData("Targets")]
    [InlineData("snapShot")]
    [InlineData("timestamp")]
    public void ParseDelegated_NameOfATopLevelRole_IsRefused(string text) => Refusal.Of(TrustError.InvalidRoleName, () => RoleName.ParseDelegated(text));
}
