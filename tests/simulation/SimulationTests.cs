using Errand.Testing;

namespace Errand.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Smoke()
    {
        int failed = 0;
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        long steps = 0;
        var sw = System.Diagnostics.Stopwatch.StartNew();
        int n = int.Parse(Environment.GetEnvironmentVariable("N") ?? "200", System.Globalization.CultureInfo.InvariantCulture);
        int first = int.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        for (int seed = first; seed < first + n; seed++)
        {
            if (n < 20) output.WriteLine($"{seed} {sw.ElapsedMilliseconds}"); var report = JobSimulation.Run(seed, new() { Stores = new MemoryStores() });
            steps += report.Steps;
            foreach (var (k, v) in report.Counts) counts[k] = counts.GetValueOrDefault(k) + v;
            if (report.Problems.Count > 0 && failed++ < 5) output.WriteLine(report.ToString());
        }
        output.WriteLine($"{n} worlds, {failed} failed, {steps} steps, {sw.Elapsed.TotalMilliseconds / n:F1} ms each");
        foreach (var (k, v) in counts) output.WriteLine($"{k}: {v}");
        Assert.Equal(0, failed);
    }
}
