using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_quoting_issues</c>.</summary>
public sealed class QuotingCases
{
    [Theory]
    [InlineData("test_unusual_role_name[?]", "?", "1.%3F.json")]
    [InlineData("test_unusual_role_name[#]", "#", "1.%23.json")]
    [InlineData("test_unusual_role_name[/delegatedrole]", "/delegatedrole", "1.%2Fdelegatedrole.json")]
    [InlineData("test_unusual_role_name[../delegatedrole]", "../delegatedrole", "1...%2Fdelegatedrole.json")]
    public async Task Find_UnusualRoleName_IsQuotedInTheAddressAndStaysInTheDirectory(string caseId, string name, string request)
    {
        await using var run = new ConformanceRun(caseId);
        await run.UseHttpAsync();
        var role = run.Repository.Delegate(RoleName.Targets, name, ["*"]);
        run.Repository.Publish(role, RoleName.Targets);

        await run.RefusesDownloadAsync(TrustError.NotSigned, "nonexistent target");

        Assert.Contains(request, run.MetadataRequests);
        Assert.Equal(5, run.TrustedFiles);
    }
}
