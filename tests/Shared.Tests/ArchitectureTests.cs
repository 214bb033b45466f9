using System.Text.RegularExpressions;

namespace TrustService.Shared.Tests;

/// <summary>Who may use whom, checked against the source text; and the rules of the house that no compiler checks.</summary>
public sealed partial class ArchitectureTests
{
    private const int MaxLines = 300;

    // Each folder of Shared with the folders that it may use. "" is the root: the front doors.
    private static readonly Dictionary<string, string[]> SharedFolders = new()
    {
        ["Errors"] = [],
        ["Json"] = ["Errors"],
        ["Oci"] = ["Errors", "Json"],
        ["Metadata"] = ["Errors", "Json", "Oci"],
        ["Keys"] = ["Errors", "Json", "Metadata"],
        ["Formats"] = ["Errors", "Json", "Oci", "Metadata", "Keys"],
        ["Verification"] = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats"],
        ["Editing"] = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats", "Verification"],
        ["Publishing"] = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats", "Verification", "Editing"],
        ["Ceremony"] = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats", "Verification", "Editing"],
        ["Policy"] = ["Errors", "Json", "Oci", "Metadata", "Verification"],
        ["Http"] = ["Errors"],
        ["Client"] = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats", "Verification", "Editing", "Http", "Registry"],
        ["Registry"] = ["Errors", "Json", "Oci", "Http"],
        [""] = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats", "Verification", "Editing", "Publishing", "Ceremony", "Policy", "Http", "Client", "Registry"],
    };

    // Code that verifies or edits cannot read a file, a socket or a clock, nor wait.
    private static readonly string[] PureFolders = ["Errors", "Json", "Oci", "Metadata", "Keys", "Formats", "Verification", "Editing", "Publishing", "Ceremony", "Policy"];

    public static TheoryData<string> Folders() => [.. SharedFolders.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Shared_Folder_UsesOnlyWhatItMay(string folder)
    {
        string[] allowed = [.. SharedFolders[folder], folder];
        var violations = Sources("Shared").Where(source => FolderOf(source) == folder)
            .SelectMany(source => UsedFolders(source.Text).Except(allowed).Select(used => $"{source.Path} uses {used}"));

        Assert.Empty(violations);
    }

    [Fact]
    public void Shared_EveryFolder_IsInTheTable() =>
        Assert.Empty(Sources("Shared").Select(FolderOf).Distinct().Except(SharedFolders.Keys));

    [Fact]
    public void Shared_PureFolders_HaveNoInputOrOutputAndNoClock() =>
        Assert.Empty(Sources("Shared").Where(source => PureFolders.Contains(FolderOf(source)) && Impure().Match(Code(source.Text)) is { Success: true }).Select(source => $"{source.Path}: {Impure().Match(Code(source.Text)).Value}"));

    [Fact]
    public void Shared_KnowsNothingOfTheServerOrTheCommandLine() =>
        Assert.Empty(Sources("Shared").Where(source => ServerOrCli().IsMatch(Code(source.Text))).Select(source => source.Path));

    // Which format a repository has is nobody's business outside the formats; code gets it handed in, or names it when it starts.
    [Fact]
    public void Shared_OnlyFormats_KnowASingleFormat() =>
        Assert.Empty(Sources("Shared").Where(source => FolderOf(source) != "Formats"
            && (source.Text.Contains("Formats.Tuf", StringComparison.Ordinal) || source.Text.Contains("Formats.Notary", StringComparison.Ordinal))).Select(source => source.Path));

    [Theory]
    [InlineData("TrustServer", "Endpoints", "Endpoints")]
    [InlineData("TrustServer", "Data", "Endpoints|Services|Stores|Background|Contracts")]
    [InlineData("TrustServer", "Stores", "Endpoints|Services|Background|OnlineKeys|Contracts")]
    [InlineData("TrustServer", "Services", "Endpoints|Background")]
    [InlineData("TrustServer", "OnlineKeys", "Endpoints|Services|Background")]
    [InlineData("SignerCli", "KeyStores", "Commands")]
    [InlineData("SignerCli", "Output", "Commands|KeyStores|Workspace")]
    [InlineData("SignerCli", "Workspace", "Commands")]
    public void Programs_Folder_DoesNotUseWhatStandsAbove(string project, string folder, string above)
    {
        var root = project == "TrustServer" ? "TrustService.Server" : "TrustService.Cli";
        var forbidden = new Regex($@"^using (static )?{Regex.Escape(root)}\.({above})\b", RegexOptions.Multiline);
        var violations = Sources(project).Where(source => FolderOf(source) == folder && folder != above && forbidden.IsMatch(source.Text)).Select(source => source.Path);

        Assert.Empty(violations);
    }

    [Fact]
    public void Sources_EveryFile_IsShort() =>
        Assert.Empty(Sources("").Where(source => source.Text.Count(c => c == '\n') > MaxLines).Select(source => source.Path));

    [Fact]
    public void Sources_EveryFile_HasOnePublicTypeNamedLikeIt() =>
        Assert.Empty(Sources("").Where(source => PublicTypes().Matches(source.Text) is { Count: > 0 } types
            && (types.Count > 1 || types[0].Groups["name"].Value != Path.GetFileNameWithoutExtension(source.Path))).Select(source => source.Path));

    [Fact]
    public void Sources_EveryFile_IsFinished() =>
        Assert.Empty(Sources("").Where(source => Unfinished().IsMatch(source.Text)).Select(source => source.Path));

    [Fact]
    public void Sources_EveryNamespace_IsThatOfItsFolder()
    {
        var roots = new Dictionary<string, string> { ["Shared"] = "TrustService", ["TrustServer"] = "TrustService.Server", ["SignerCli"] = "TrustService.Cli" };
        var violations = Sources("").Where(source => Namespace().Match(source.Text) is { Success: true } found
            && found.Groups["name"].Value != string.Join('.', source.Path.Split('/')[1..^1].Prepend(roots[source.Path.Split('/')[0]]))).Select(source => source.Path);

        Assert.Empty(violations);
    }

    private static string FolderOf(Source source) => source.Path.Split('/') is { Length: > 2 } parts ? parts[1] : "";

    private static IEnumerable<string> UsedFolders(string text) =>
        UsingLine().Matches(text).Concat(QualifiedName().Matches(Code(text))).Select(match => match.Groups["folder"].Value).Where(SharedFolders.ContainsKey).Distinct();

    // Comments and documentation may speak of anything.
    private static string Code(string text) => Comment().Replace(text, "");

    private static IEnumerable<Source> Sources(string project)
    {
        var root = Path.Combine(TestSources.Root, "src");
        return Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories)
            .Select(file => new Source(Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file)))
            .Where(source => !source.Path.Contains("/obj/", StringComparison.Ordinal) && !source.Path.Contains("/bin/", StringComparison.Ordinal));
    }

    private sealed record Source(string Path, string Text);

    [GeneratedRegex(@"^using (static )?TrustService\.(?<folder>\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"(?<![\w.])(TrustService\.)?(?<folder>[A-Z]\w+)\.(?=[A-Z]\w*[.({ )])")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"using System\.Net\b|\bSystem\.IO\b|\bFile\.(Read|Write|Open|Create|Exists|Move|Delete)|\bDirectory\.|\bFileStream\b|\bTask\b|\basync\b|\bTimeProvider\b|\bEnvironment\.|\bConsole\.|\bProcess\.")]
    private static partial Regex Impure();

    [GeneratedRegex(@"TrustService\.(Server|Cli)\b|Microsoft\.(AspNetCore|EntityFrameworkCore)|System\.CommandLine")]
    private static partial Regex ServerOrCli();

    [GeneratedRegex(@"^(public|internal) [a-z ]*(class|record|struct|interface|enum|record struct) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicTypes();

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
