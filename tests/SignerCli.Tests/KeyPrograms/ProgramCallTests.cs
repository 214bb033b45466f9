using System.Diagnostics;
using System.Globalization;
using TrustService.Cli.KeyPrograms;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;

namespace TrustService.Cli.Tests.KeyPrograms;

/// <summary>Programs that start others and go, that do not listen, that do not end: no call outlives its time, and nothing of it goes on after that.</summary>
public sealed class ProgramCallTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly SignerMachine machine = new();
    private readonly List<string> said = [];

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Run_WhatItLeavesBehindHoldsThePipes_IsJudgedByWhatItSaid()
    {
        var (answer, took) = Timed(() => Run("cat >/dev/null; sleep 300 & echo $! >pid; echo hint >&2; printf answer", TimeSpan.FromMinutes(2), "x"u8.ToArray()));

        using var left = Process.GetProcessById(PidIn("pid"));
        left.Kill();
        Assert.Equal("answer", System.Text.Encoding.UTF8.GetString(answer!));
        Assert.Contains(said, line => line.EndsWith("hint", StringComparison.Ordinal));
        Assert.True(took < Soon, took.ToString());
    }

    [Fact]
    public void Run_WhatItLeavesBehindTalksOn_EndsAllTheSame()
    {
        var (answer, took) = Timed(() => Run("cat >/dev/null; printf answer; (sleep 2; exec yes) & echo $! >pid", TimeSpan.FromMinutes(2), "x"u8.ToArray()));

        using var left = Process.GetProcessById(PidIn("pid"));
        left.Kill();
        Assert.Equal("answer", System.Text.Encoding.UTF8.GetString(answer!));
        Assert.True(took < Soon, took.ToString());
    }

    [Theory]
    // It waits, and so does what it started, what that started, and what has no parent any more.
    [InlineData("sleep 300 & echo $! >one; (sleep 300 & echo $! >two); sh -c 'sleep 300 & echo $! >three; wait' & wait")]
    [InlineData("(setsid sleep 300 >/dev/null 2>&1 </dev/null & echo $! >one); cp one two; cp one three; sleep 300")]
    public void Run_Timeout_KillsAllOfIt(string script)
    {
        var (refusal, took) = Timed(() => Refused(() => Run(script, TimeSpan.FromSeconds(3), "x"u8.ToArray())));

        Assert.Contains("did not answer within 3 s", refusal!.Message, StringComparison.Ordinal);
        Assert.True(took < Soon, took.ToString());
        foreach (var file in (string[])["one", "two", "three"])
            AssertGone(PidIn(file));
    }

    [Fact]
    public void Run_ProgramReadsNothing_EndsInTime()
    {
        var (refusal, took) = Timed(() => Refused(() => Run("exec sleep 300", TimeSpan.FromSeconds(2), new byte[4 * 1024 * 1024])));

        Assert.Equal(TrustError.KeyUnavailable, refusal!.Error);
        Assert.True(took < Soon, took.ToString());
    }

    [Fact]
    public void Run_ProgramEndsAndItsChildReadsNothing_EndsInTime()
    {
        var (refusal, took) = Timed(() => Refused(() => Run("exec 3<&0; sleep 300 <&3 & echo $! >pid; exit 3", TimeSpan.FromSeconds(5), new byte[4 * 1024 * 1024])));

        using var left = Process.GetProcessById(PidIn("pid"));
        left.Kill();
        Assert.Equal(TrustError.KeyUnavailable, refusal!.Error);
        Assert.Contains("ended with 3", refusal.Message, StringComparison.Ordinal);
        Assert.True(took < Soon, took.ToString());
    }

    private byte[] Run(string script, TimeSpan timeout, byte[] request) =>
        new ProgramCall(SigningProgram.Of(machine, "program", $"cd '{machine.Root}'\n{script}")["exec:".Length..], timeout, said.Add).Run(request);

    private static TrustException Refused(Func<byte[]> run) => Assert.Throws<TrustException>(run);

    private static (T? Result, TimeSpan Took) Timed<T>(Func<T> run)
    {
        var watch = Stopwatch.StartNew();
        var result = run();
        return (result, watch.Elapsed);
    }

    private int PidIn(string file) => int.Parse(File.ReadAllText(Path.Combine(machine.Root, file)).Trim(), CultureInfo.InvariantCulture);

    // Whoever was killed may wait for somebody to take note of it; that is gone as well.
    private static void AssertGone(int pid) =>
        Assert.True(SpinWait.SpinUntil(() => !File.Exists($"/proc/{pid}/stat") || File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z'), Soon), $"{pid} still runs.");
}
