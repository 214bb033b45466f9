namespace TrustService.Fuzz.Parsers;

/// <summary>Everything that reads bytes or text from outside.</summary>
internal static class AllParsers
{
    public static IReadOnlyList<ParserUnderTest> Make() =>
        [.. MetadataParsers.Make(), .. NotaryParsers.Make(), .. ChainParsers.Make(), .. CeremonyParsers.Make(), .. NameParsers.Make(), .. KeyParsers.Make(), .. KeyPlaceParsers.Make(), .. RegistryParsers.Make(), .. AnswerParsers.Make(), .. ServerParsers.Make(), .. ImportParsers.Make(), .. SettingsParsers.Make()];
}
