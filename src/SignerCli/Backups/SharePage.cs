using System.Globalization;
using System.Text;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;

namespace TrustService.Cli.Backups;

/// <summary>A share as a text to print: a head for people, and the lines.</summary>
internal static class SharePage
{
    /// <summary>Writes a share.</summary>
    /// <param name="share">The share.</param>
    /// <param name="entry">What is known of the key; it tells people what the paper is.</param>
    /// <param name="made">When it was made, UTC.</param>
    public static byte[] Write(KeyShare share, KeyEntry entry, DateTimeOffset made)
    {
        var page = new StringBuilder();
        var use = entry.Roles.IsEmpty ? "" : $", {string.Join(", ", entry.Roles)} key{(entry.Repositories.IsEmpty ? "" : $" of {string.Join(", ", entry.Repositories.Take(3))}{(entry.Repositories.Length > 3 ? " …" : "")}")}";
        Comment($"Share {share.Number} of {share.Count} of the private key {entry.Name}{use}");
        Comment($"Any {share.Threshold} of the {share.Count} shares restore the key; fewer say nothing about it. Made {CommandOutput.Date(made)}.");
        Comment("Keep it apart from the others, and show it to nobody who asks for it without need.");
        var role = entry.Roles is [var first, ..] ? $" --role {ShellWord(first)}" : "";
        Comment($"To restore: signer key restore{role} FILE FILE …  or signer key restore{role}, and type the lines below.");
        Comment("To see whether it would: signer key drill. Lines that start with # are not typed.");
        page.Append('\n');
        var line = 0;
        foreach (var bytes in share.Write().Chunk(ShareLine.FullBytes))
            page.Append(CultureInfo.InvariantCulture, $"{new ShareLine(share.Number, ++line, bytes)}\n");
        return Encoding.UTF8.GetBytes(page.ToString());

        static string ShellWord(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '_') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

        // Labels may hold anything but line feeds; what stands on paper should be readable.
        void Comment(string text) => page.Append(CultureInfo.InvariantCulture, $"# {Printable.Text(text)}\n");
    }
}
