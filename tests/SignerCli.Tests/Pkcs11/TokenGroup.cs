namespace TrustService.Cli.Tests.Pkcs11;

/// <summary>The tests that share the tokens.</summary>
[CollectionDefinition(Name)]
public sealed class TokenGroup : ICollectionFixture<TokenWorld>
{
    public const string Name = "tokens";
}
