using System.Globalization;
using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Busy))]
public sealed class StallTests
{
    // A stall of 250 ms is what is promised; what is asserted leaves room for a machine that does ten other things.
    private const double LongestStall = 250 * 10;

    [Fact]
    public async Task J2_no_submit_stalls_while_three_processes_submit_as_fast_as_they_can()
    {
        await using var folder = new ChaosFolder();
        WorkerProcess[] workers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => folder.StartAsync(settings => settings with { RunsJobs = false })));
        foreach (var worker in workers) worker.Say($"{Words.Rush} 16 5");

        foreach (var worker in workers)
        {
            var line = await worker.HearAsync(Words.Rushed);
            Console.WriteLine($"  • stalls: {worker.Name} had {line[1]} submits acknowledged; p50 {line[2]} ms, p99 {line[3]} ms, longest {line[4]} ms");
            Assert.InRange(double.Parse(line[4], CultureInfo.InvariantCulture), 0, LongestStall);
        }
    }
}
