using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>What <c>key generate</c> and <c>key import</c> have in common.</summary>
internal static class NewKey
{
    private const int MaxLabelLength = 64;

    /// <summary>Checks and collects what is noted of a new key.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.InvalidRoleName"/>.</exception>
    public static KeyEntry Details(CommandContext context, string? label, string? role)
    {
        if (label is not null && (label.Length is 0 or > MaxLabelLength || label.Any(char.IsControl) || label.Contains('/', StringComparison.Ordinal)))
            throw new TrustException(TrustError.Usage, $"The label cannot be used: 1 to {MaxLabelLength} characters are needed, none of them a slash or a control character.");
        return new KeyEntry
        {
            Origin = KeyOrigin.Store,
            Location = "",
            Label = label,
            Roles = role is null ? [] : [RoleName.Parse(role).Value],
            Created = context.Now,
        };
    }

    /// <summary>Says where the key is; its id is the result.</summary>
    public static void Report(CommandContext context, KeyEntry entry, string what)
    {
        context.Output.Say("Key", $"{what}, {KeySchemes.Describe(entry.Public!.Scheme)}, {entry.Name} → {entry.Location}");
        context.Output.Result(entry.Id!.Value.Value);
        context.Output.ResultJson(writer => writer.WriteKey(entry));
    }
}
