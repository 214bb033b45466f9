namespace TrustService.Server.Tests.Stores;

public sealed class SqliteMetadataStoreTests() : MetadataStoreContract(null);
