namespace TrustService.Registry;

/// <summary>Every maximum for talking to a registry and for reading its credentials.</summary>
public static class RegistryLimits
{
    /// <summary>Bytes of the answer of a token service.</summary>
    public const int MaxTokenAnswerBytes = 1024 * 1024;

    /// <summary>Characters of one authentication challenge.</summary>
    public const int MaxChallengeLength = 8 * 1024;

    /// <summary>Bytes of a file with credentials.</summary>
    public const int MaxCredentialFileBytes = 1024 * 1024;

    /// <summary>Bytes that a credential helper may answer.</summary>
    public const int MaxHelperAnswerBytes = 64 * 1024;

    /// <summary>Time that a credential helper may take; it may have to ask a person.</summary>
    public static readonly TimeSpan HelperTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of one page of a list of tags.</summary>
    public const int MaxTagPageBytes = 4 * 1024 * 1024;

    /// <summary>Tags of one repository that are listed.</summary>
    public const int MaxTags = 50_000;

    /// <summary>Tags that are asked for at once; registries may answer with fewer.</summary>
    public const int TagsPerPage = 1000;

    /// <summary>The longest wait that a registry may ask for before the one retry.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(30);
}
