namespace TrustService.Cli.Health;

/// <summary>How much a finding matters.</summary>
internal enum Severity
{
    /// <summary>Worth knowing.</summary>
    Notice,

    /// <summary>Somebody has to act, in time.</summary>
    Warning,

    /// <summary>Verifiers refuse something, or will within days.</summary>
    Critical,
}
