namespace TrustService.Server.Tests.Services;

public sealed class SqliteStandbyActivationTests() : StandbyActivationContract(null);
