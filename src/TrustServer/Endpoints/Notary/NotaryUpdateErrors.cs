using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Publishing;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>Why an update is refused, by the names from which clients rebuild their own errors.</summary>
internal static class NotaryUpdateErrors
{
    /// <summary>Name of the error that is about no role.</summary>
    public const string Validation = "ErrValidation";

    private const string BadRoot = "ErrBadRoot";
    private const string BadTargets = "ErrBadTargets";
    private const string BadSnapshot = "ErrBadSnapshot";
    private const string BadHierarchy = "ErrBadHierarchy";

    /// <summary>The error that a refusal of an update is.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="uploads">The files, as far as they were received.</param>
    public static NotaryError Of(TrustException refusal, IReadOnlyList<UploadedFile> uploads) => refusal.Error switch
    {
        TrustError.PublishConflict => NotaryError.Version,
        TrustError.MalformedJson => NotaryError.MalformedJson(NotaryErrors.Text(refusal)),
        TrustError.MalformedRequest => NotaryError.MalformedUpload(NotaryErrors.Text(refusal)),
        // Where root lists no key of the server; a key that cannot be opened is the server's own trouble.
        TrustError.OnlineKeyUnavailable when refusal is { Role: "timestamp", Delegator: not null } =>
            NotaryError.InvalidUpdate(BadRoot, $"no  timestamp keys exist on the server: {NotaryErrors.Text(refusal)}"),
        TrustError.OnlineKeyUnavailable when refusal is { Role: "snapshot", Delegator: not null } =>
            NotaryError.InvalidUpdate(BadHierarchy, "no snapshot was included in update and server does not hold current snapshot key for repository", missing: "snapshot"),
        _ when refusal.Error == TrustError.RateLimited || refusal.Info.HttpStatus >= StatusCodes.Status500InternalServerError => NotaryErrors.Of(refusal),
        TrustError.MalformedMetadata or TrustError.WrongRoleType or TrustError.RepositoryUnknown when uploads.Any(upload => !UploadShape.IsDecodable(upload)) =>
            NotaryError.MalformedJson(NotaryErrors.Text(refusal)),
        TrustError.RepositoryUnknown => NotaryError.InvalidUpdate(
            Validation, $"{(uploads.Any(upload => upload.Role == RoleName.Root) ? "targets must be loaded first" : "no pre-existing root and no root provided in update.")} {NotaryErrors.Text(refusal)}"),
        _ => NotaryError.InvalidUpdate(NameOf(refusal.Role), $"{PhraseOf(refusal, uploads)}{NotaryErrors.Text(refusal)}"),
    };

    private static string NameOf(string? role) => role switch
    {
        "root" or "timestamp" => BadRoot,
        "snapshot" => BadSnapshot,
        "targets" => BadTargets,
        not null when role.StartsWith("targets/", StringComparison.Ordinal) => BadTargets,
        _ => Validation,
    };

    // What scripts around the clients look for; the sentence that follows says more.
    private static string PhraseOf(TrustException refusal, IReadOnlyList<UploadedFile> uploads) =>
        refusal.Error is TrustError.MalformedMetadata or TrustError.WrongRoleType or TrustError.ThresholdNotMet or TrustError.IncompleteRoot
            && uploads.FirstOrDefault(upload => upload.Role.Value == refusal.Role) is { } file
            && NotaryPhrases.Of(file) is { } phrase
                ? phrase + ": "
                : PhraseOf(refusal);

    private static string PhraseOf(TrustException refusal) => refusal switch
    {
        { Error: TrustError.ThresholdNotMet, Role: "root", Delegator: { } former } when !refusal.Message.StartsWith(former + " ", StringComparison.Ordinal) =>
            "could not rotate trust to a new trusted root: failed to validate data with current trusted certificates: ",
        { Error: TrustError.ThresholdNotMet, Role: "root" } => "could not validate the path to a trusted root: failed to validate integrity of roots: ",
        { Error: TrustError.ThresholdNotMet } => $"valid signatures did not meet threshold for {refusal.Role}: ",
        { Error: TrustError.RoleNotListed, Role: { } role } when role.StartsWith(RoleName.Targets.Value + "/", StringComparison.Ordinal) => $"tuf: invalid role {role}. delegation does not exist: ",
        { Error: TrustError.UnacceptableKey, Role: "root" } => "could not validate the path to a trusted root: unable to retrieve valid leaf certificates: ",
        { Error: TrustError.VersionMismatch, Role: "root" } => "Root modifications must increment the version. ",
        _ => "",
    };
}
