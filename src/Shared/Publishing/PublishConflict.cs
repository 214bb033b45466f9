using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>The refusal of a file that was made from a version which is no longer the current one.</summary>
internal static class PublishConflict
{
    public static TrustException Of(RoleName role, long version, PublishedSet current)
    {
        var published = role == RoleName.Root ? current.Root.Version : role == RoleName.Snapshot ? current.Snapshot.Metadata.Signed.Version : current.TargetsVersion(role);
        var found = version == published ? $"{role} {version} is published with other content" : $"{role} {version} is older than the published version {published}";
        return new TrustException(TrustError.PublishConflict, $"{found}; {published + 1} is next.")
        {
            Role = role.Value,
            Versions = current.Versions(role),
            Hint = "Read the current version, make the change to that, sign it and publish again.",
        };
    }
}
