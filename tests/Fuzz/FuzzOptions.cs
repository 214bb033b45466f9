using System.Globalization;

namespace TrustService.Fuzz;

/// <summary>The command line.</summary>
internal sealed record FuzzOptions
{
    public const string Help = """
        Damages valid inputs of every parser and checks that each is read or refused with a code, in bounded time and memory.

          --inputs N       inputs in all (default 100000)
          --seed N         what the damage is drawn from (default: random, printed); keys and signatures are new in each run
          --parser TEXT    only parsers whose name contains TEXT
          --jobs N         threads (default: one for each core)
          --findings DIR   where failing inputs are saved (default: fuzz-findings)
          --max-findings N stop after so many (default 20)
          --replay FILE    read one saved input and say what comes of it
          --list           print the parsers

        Exit status: 0 nothing found, 1 something found, 2 the command line is wrong.
        """;

    public long Inputs { get; init; } = 100_000;

    public int Seed { get; init; } = Random.Shared.Next();

    public string Parser { get; init; } = "";

    public int Jobs { get; init; } = Environment.ProcessorCount;

    public string Findings { get; init; } = "fuzz-findings";

    public int MaxFindings { get; init; } = 20;

    public string? Replay { get; init; }

    public bool List { get; init; }

    /// <returns>Null if the command line is wrong.</returns>
    public static FuzzOptions? Parse(string[] args)
    {
        var options = new FuzzOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--list")
            {
                options = options with { List = true };
                continue;
            }
            if (i + 1 == args.Length)
                return null;
            var (name, value) = (args[i], args[++i]);
            var isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            FuzzOptions? next = name switch
            {
                "--inputs" when isNumber => options with { Inputs = number },
                "--seed" when isNumber => options with { Seed = (int)(number & int.MaxValue) },
                "--jobs" when isNumber && number is > 0 and <= 256 => options with { Jobs = (int)number },
                "--max-findings" when isNumber && number > 0 => options with { MaxFindings = (int)Math.Min(number, int.MaxValue) },
                "--parser" => options with { Parser = value },
                "--findings" => options with { Findings = value },
                "--replay" => options with { Replay = value },
                _ => null,
            };
            if (next is null)
                return null;
            options = next;
        }
        return options;
    }
}
