using System.Globalization;
using System.Text;
using Errand.Testing;

namespace Errand.Simulation.Tests;

/// <summary>What became of many worlds.</summary>
internal sealed class Worlds
{
    private const int KeptReports = 10_000;

    public List<SimulationReport> Reports { get; } = [];

    public List<string> Problems { get; } = [];

    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    public long Steps { get; private set; }

    public int Count { get; private set; }

    /// <summary>Runs worlds beside each other; each has a thread to itself.</summary>
    public static Worlds Run(int first, int count, Func<int, SimulationReport> run)
    {
        var worlds = new Worlds();
        var dealing = new Lock();
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            var report = run(seed);
            lock (dealing)
            {
                worlds.Add(report);
                if (worlds.Problems.Count >= 10) loop.Stop();
            }
        });
        return worlds;
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{Count} worlds, {Steps} steps");
        foreach (var (what, times) in Counts) text.AppendLine(CultureInfo.InvariantCulture, $"  {what}: {times}");
        return text.ToString();
    }

    private void Add(SimulationReport report)
    {
        Count++;
        Steps += report.Steps;
        if (Reports.Count < KeptReports) Reports.Add(report);
        if (report.Problems.Count > 0) Problems.Add(report.ToString());
        foreach (var (what, times) in report.Counts) Counts[what] = Counts.GetValueOrDefault(what) + times;
    }
}
