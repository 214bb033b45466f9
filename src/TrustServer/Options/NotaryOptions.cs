using System.ComponentModel.DataAnnotations;

namespace TrustService.Server.Options;

/// <summary>Whether and for whom the routes of Notary v1 are there. Configuration section <c>Notary</c>.</summary>
internal sealed class NotaryOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Notary";

    /// <summary>True if <c>/v2/</c> is served. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>With what the names of repositories below <c>/v2/</c> begin, each prefix ending in a slash. Default: none, which allows every name.</summary>
    [MaxLength(1000)]
    public IReadOnlyList<string> GunPrefixes { get; set; } = [];

    /// <summary>True if a repository of this name is served below <c>/v2/</c>.</summary>
    public bool Serves(ReadOnlySpan<char> gun)
    {
        foreach (var prefix in GunPrefixes)
        {
            if (gun.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }
        return GunPrefixes.Count == 0;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Without the slash, "team" would allow "teammate/app" too.
        if (GunPrefixes.FirstOrDefault(prefix => !prefix.EndsWith('/') || prefix.Length < 2) is { } prefix)
            yield return new ValidationResult($"has \"{prefix}\"; each prefix is a part of a name that ends in a slash, as in registry.example.com/.", [nameof(GunPrefixes)]);
    }
}
