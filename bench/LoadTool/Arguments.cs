using System.Globalization;

namespace TrustService.LoadTool;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    /// <exception cref="ArgumentException">They are not pairs.</exception>
    public Arguments(ReadOnlySpan<string> args)
    {
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                throw new ArgumentException($"{args[i]} is not an option with a value.");
            values[args[i][2..]] = args[i + 1];
        }
    }

    /// <summary>The value of an option that must be there.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public string Text(string name) => values.TryGetValue(name, out var value) ? value : throw new ArgumentException($"--{name} is needed.");

    /// <summary>The value of an option that must be there, as a number.</summary>
    /// <exception cref="ArgumentException">It is not there or not a number.</exception>
    public int Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ArgumentException($"--{name} needs a number.");

    /// <summary>The value of an option, or null if it is not there.</summary>
    public string? OptionalText(string name) => values.GetValueOrDefault(name);

    /// <summary>The value of an option as a number, or null if it is not there.</summary>
    public int? OptionalNumber(string name) => values.ContainsKey(name) ? Number(name) : null;
}
