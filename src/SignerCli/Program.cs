using System.Text;
using TrustService.Cli;
using TrustService.Cli.Home;
using TrustService.Cli.Output;
using TrustService.Cli.Terminals;

// Keys and passphrases are in memory: this process leaves no core file, and other processes of this user cannot read its memory.
if (!OperatingSystem.IsWindows())
    _ = Libc.SetRLimit(Libc.CoreFileSize, [0, 0]);
if (OperatingSystem.IsLinux())
    _ = Libc.PrCtl(Libc.SetDumpable, 0, 0, 0, 0);
// A standard stream that was closed leaves its number to the next file that is opened, a key perhaps, which messages would then be written to.
for (var descriptor = 0; !OperatingSystem.IsWindows() && descriptor <= 2; descriptor++)
{
    if (Libc.Fcntl(descriptor, Libc.GetDescriptorFlags) < 0)
        _ = Libc.Open("/dev/null", Libc.ReadOnly);
}

var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
await using var results = new StreamWriter(new GuardedStream(Console.OpenStandardOutput(), isNeeded: true), utf8);
await using var messages = new StreamWriter(new GuardedStream(Console.OpenStandardError(), isNeeded: false), utf8) { AutoFlush = true };
return await SignerApp.RunAsync(args, new CliHost
{
    Results = results,
    Messages = messages,
    Input = Console.OpenStandardInput,
    Environment = Environment.GetEnvironmentVariable,
    Terminal = new ProcessTerminal(),
    Time = TimeProvider.System,
});
