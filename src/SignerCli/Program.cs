using System.Text;
using TrustService.Cli;
using TrustService.Cli.Home;
using TrustService.Cli.Terminals;

// Keys and passphrases are in memory: this process leaves no core file, and other processes of this user cannot read its memory.
if (!OperatingSystem.IsWindows())
    _ = Libc.SetRLimit(Libc.CoreFileSize, [0, 0]);
if (OperatingSystem.IsLinux())
    _ = Libc.PrCtl(Libc.SetDumpable, 0, 0, 0, 0);

var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
await using var results = new StreamWriter(Console.OpenStandardOutput(), utf8);
await using var messages = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true };
return await SignerApp.RunAsync(args, new CliHost
{
    Results = results,
    Messages = messages,
    Input = Console.OpenStandardInput,
    Environment = Environment.GetEnvironmentVariable,
    Terminal = new ProcessTerminal(),
    Time = TimeProvider.System,
});
