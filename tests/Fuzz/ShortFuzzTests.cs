using System.Text;
using TrustService.Fuzz.Mutators;
using TrustService.Fuzz.Parsers;
using TrustService.Testing;
using Xunit;

namespace TrustService.Fuzz;

/// <summary>A few seconds of what the command does for hours, and checks of the command itself.</summary>
public sealed class ShortFuzzTests
{
    private const int InputsForEach = 400;

    private static readonly Lazy<IReadOnlyList<ParserUnderTest>> All = new(AllParsers.Make);

    public static TheoryData<string> Names() => [.. All.Value.Select(parser => parser.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void DamagedInput_IsReadOrRefusedWithACode(string name) => Property.ForAll(InputsForEach, random =>
    {
        var parser = All.Value.Single(parser => parser.Name == name);
        var input = parser.MakeInput(random);

        if (FuzzCheck.Run(parser, input).Finding is { } finding)
            Assert.Fail($"{finding}\nThe input in base64: {Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 4096)))}");
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Seeds_AsTheyAre_AreReadOrRefusedWithACodeAndOneIsRead(string name)
    {
        var parser = All.Value.Single(parser => parser.Name == name);

        var results = parser.Seeds.Select(seed => FuzzCheck.Run(parser, seed)).ToList();

        Assert.All(results, result => Assert.Null(result.Finding));
        // Damage to what is refused anyway tests the first refusal and nothing behind it.
        Assert.Contains(results, result => result.Code is null);
    }

    [Fact]
    public void Run_ParserThatFails_IsReportedOnceAndCanBeReplayed()
    {
        using var directory = new TestDirectory();
        var broken = new ParserUnderTest("broken", 1, new ByteMutator(), ["ab"u8.ToArray()], input => _ = Encoding.ASCII.GetString(input)[1]);
        var run = new FuzzRun(new FuzzOptions { Inputs = 2000, Seed = 3, Jobs = 2, Findings = directory["findings"] }, [broken], TextWriter.Null);

        run.Run();

        var (kind, path) = Assert.Single(run.Findings);
        Assert.Contains(nameof(IndexOutOfRangeException), kind, StringComparison.Ordinal);
        Assert.Equal(2000, run.Tallies.Single().Tally.Inputs);
        var saved = FuzzInput.Load(path);
        Assert.Equal("broken", saved.Parser);
        Assert.Contains(nameof(IndexOutOfRangeException), FuzzCheck.Run(broken, saved.Bytes).Finding, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(directory["findings"]));
    }

    [Fact]
    public void Run_ParserThatTakesTooMuchMemory_IsReported()
    {
        var greedy = new ParserUnderTest("greedy", 1, new ByteMutator(), ["ab"u8.ToArray()], input => _ = new byte[FuzzLimits.MaxAllocatedBytes + input.Length]);

        Assert.Contains("allocated", FuzzCheck.Run(greedy, [1]).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void InFlightFile_WhileAnInputIsRead_HoldsIt()
    {
        using var directory = new TestDirectory();
        using var inFlight = new InFlightFile(directory["in-flight.input"]);
        inFlight.Set("json", "a longer input"u8.ToArray());
        inFlight.Set("json", "short"u8.ToArray());

        Assert.Equal("short"u8.ToArray(), FuzzInput.Load(inFlight.Path).Bytes);
    }
}
