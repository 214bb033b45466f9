using System.Text;
using TrustService.Cli.Terminals;

namespace TrustService.Cli.Tests.Support;

/// <summary>A person who gives prepared answers.</summary>
internal sealed class FakeTerminal : ITerminal
{
    private readonly Queue<string> answers = new();

    /// <summary>What was asked.</summary>
    public List<string> Questions { get; } = [];

    public bool CanAsk { get; private set; }

    public bool ShowsMessages { get; set; }

    public bool ShowsResults { get; set; }

    public void Answer(params string[] texts)
    {
        CanAsk = true;
        foreach (var text in texts)
            answers.Enqueue(text);
    }

    public string? ReadLine(string prompt)
    {
        Questions.Add(prompt);
        return answers.TryDequeue(out var answer) ? answer : null;
    }

    public byte[]? ReadSecret(string prompt) => ReadLine(prompt) is { } answer ? Encoding.UTF8.GetBytes(answer) : null;
}
