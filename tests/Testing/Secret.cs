using System.Text;

namespace TrustService.Testing;

/// <summary>A secret text of which nothing may be shown: no run of 12 of its characters, however lines were broken.</summary>
public sealed class Secret
{
    private const int RunLength = 12;

    private readonly HashSet<string> runs = new(StringComparer.Ordinal);

    /// <summary>Takes the secret text; lines of a PEM block that say what it is are none.</summary>
    public Secret(params string[] texts)
    {
        foreach (var text in texts)
        {
            var secret = WithoutSpace(string.Concat(text.Split('\n').Where(line => !line.Contains("-----", StringComparison.Ordinal) && !line.Contains(':', StringComparison.Ordinal))));
            for (var at = 0; at + RunLength <= secret.Length; at++)
                runs.Add(secret.Substring(at, RunLength));
        }
        if (runs.Count == 0)
            throw new ArgumentException("There is nothing secret in it.", nameof(texts));
    }

    /// <summary>The first part of the secret that a text shows, or null.</summary>
    public string? FoundIn(string text)
    {
        var shown = WithoutSpace(text);
        for (var at = 0; at + RunLength <= shown.Length; at++)
        {
            if (runs.Contains(shown.Substring(at, RunLength)))
                return shown.Substring(at, RunLength);
        }
        return null;
    }

    /// <summary>The ways in which the text of a key is damaged on its way through editors, shells, variables and settings.</summary>
    public static IEnumerable<string> Damaged(string pem)
    {
        var text = pem.Trim();
        var lines = text.Split('\n');
        foreach (var separator in (string[])["", " ", "\\n", "\\r\\n", "\r", "\t", "|", ": ", "\n\n:"])
            yield return string.Join(separator, lines);
        // One end is a line, the other is not.
        yield return $"{lines[0]}\n{string.Concat(lines[1..])}";
        yield return $"{string.Concat(lines[..^1])}\n{lines[^1]}";
        yield return $"{lines[0]}{lines[1]}\n{string.Join('\n', lines[2..])}";
        yield return $"\"{text}\"";
        yield return $"'{string.Concat(lines)}'";
        yield return $"\"{string.Join("\\n", lines)}\\n\"";
        yield return $"{{\"key\":\"{string.Join("\\n", lines)}\"}}";
        yield return $"{{\"key\":{string.Concat(lines[1..^1])}}}";
        yield return $"CI_KEY={string.Concat(lines)}";
        yield return $"- {text}\n- {text}";
        yield return text + "\n" + text;
        yield return $"-----BEGIN {string.Concat(lines[1..^1])}-----\nabc\n-----END X-----";
        yield return $"-----BEGIN {string.Concat(lines[1..^1])[..30]} PRIVATE KEY-----\nabc\n-----END X-----";
        yield return $"{lines[0]}\nrole: {string.Join('\n', lines[1..])}";
        yield return $"{lines[0]}\nrole: root{string.Join('\n', lines[1..])}";
        yield return $"{lines[0]}\nProc-Type: 4,ENCRYPTED\nDEK-Info: {string.Join('\n', lines[1..])}";
        yield return $"{lines[0]}\nProc-Type: 4,ENCRYPTED\nDEK-Info: {lines[1]},00\n{string.Join('\n', lines[2..])}";
        yield return "\uFEFF" + text;
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        yield return string.Concat(lines[1..^1]);
        foreach (var literal in (string[])["true", "false", "null", "-1", "{\"a\":t", "[1,"])
            yield return literal + string.Concat(lines[1..^1]);
        yield return text.ToLowerInvariant();
        for (var i = 0; i < lines.Length; i++)
        {
            // Left out; cut off after it; joined to the next.
            yield return string.Join('\n', lines.Where((_, at) => at != i));
            yield return string.Join('\n', lines[..(i + 1)]);
            if (i + 1 < lines.Length)
                yield return string.Join('\n', (string[])[.. lines[..i], lines[i] + lines[i + 1], .. lines[(i + 2)..]]);
        }
    }

    private static string WithoutSpace(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
