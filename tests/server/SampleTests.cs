using System.Diagnostics;

namespace Errand.Server.Tests;

/// <summary>T5: the samples do what they say.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task T5_a_call_that_ends_in_time_and_one_that_goes_on_as_a_job()
    {
        string said = await RunAsync("Hello");
        Assert.Contains("Hello, quick one!", said, StringComparison.Ordinal);
        Assert.Contains("slow one: goes on as job", said, StringComparison.Ordinal);
        Assert.Contains("Hello, slow one!", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T5_work_that_waits_repeats_and_depends()
    {
        string said = await RunAsync("Pipeline");
        Assert.Contains("batch: 7 of 7 ended, the sum is 27", said, StringComparison.Ordinal);
        Assert.Contains("attempts at the first count: 2", said, StringComparison.Ordinal);
        Assert.Contains("dead letters: 1", said, StringComparison.Ordinal);
        Assert.Contains("redriven: Completed", said, StringComparison.Ordinal);
        Assert.Contains("reports: 2", said, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string name)
    {
        string bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var start = new ProcessStartInfo(Path.Combine(bin, $"Errand.Samples.{name}", "release", $"Errand.Samples.{name}"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var end = await ErrandProcess.EndAsync(process);
        Assert.True(end.Code == 0, end.Out + end.Error);
        return end.Out;
    }
}
