using System.Text;

namespace Errand.Commands.Tests.Processes;

/// <summary>What is read from a line of /proc/PID/stat.</summary>
public sealed class ProcessStatTests
{
    [Theory]
    [InlineData("sleep")]
    [InlineData("a) R 99 (b")]
    [InlineData("two words")]
    [InlineData("")]
    public void B_27_a_name_may_hold_anything(string name)
    {
        Assert.True(TryParse($"4711 ({name}) S {Text(1)}", out var stat));
        Assert.Equal((new ProcessKey(4711, 987654), 1, name, 50L, 1), (stat.Key, stat.Parent, stat.Name, stat.CpuTicks, stat.Threads));
        Assert.False(stat.HasEnded || stat.IsStopped || stat.IsKernel);
    }

    [Theory]
    [InlineData('Z', 1, true)]
    [InlineData('Z', 0, true)]
    [InlineData('X', 1, true)]
    // Its first thread has ended, the other two go on.
    [InlineData('Z', 3, false)]
    [InlineData('D', 1, false)]
    [InlineData('T', 1, false)]
    public void B_27_only_who_has_no_thread_left_has_ended(char state, int threads, bool ended)
    {
        Assert.True(TryParse($"4711 (sh) {state} {Text(threads)}", out var stat));
        Assert.Equal(ended, stat.HasEnded);
        Assert.Equal(state == 'T', stat.IsStopped);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711")]
    [InlineData("4711 (sh)")]
    [InlineData("4711 (sh) S 1 42 42")]
    public void B_27_half_a_line_is_none(string line) => Assert.False(TryParse(line, out _));

    private static string Text(int threads) =>
        $"1 42 42 0 -1 4194304 100 0 0 0 30 12 5 3 20 0 {threads} 0 987654 1000000 250 18446744073709551615 1 1";

    private static bool TryParse(string line, out ProcessStat stat) => ProcessStat.TryParse(4711, Encoding.UTF8.GetBytes(line), out stat);
}
