using System.Globalization;
using Errand.Testing;

namespace Errand.Simulation.Tests;

/// <summary>
/// Thousands of worlds, each decided by its seed. A failure prints the seeds that failed; <c>ERRAND_SEED=N ./test simulation -- -method '*replay*'</c>
/// runs that one world again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly string[] Faults = ["ErrorBefore", "ErrorAfter", "CrashBefore", "CrashAfter"];

    // Writes that every server makes in every life; the rarer ones are met too, as chance has it.
    private static readonly string[] Writes =
        ["add", "claim", "beat", "lapse", "progress", "checkpoint", "await input", "answer", "completed", "failed", "retry", "cancel", "kill", "note", "restart",
        "release", "reject", "record"];

    private static readonly string[] Deeds = ["scheduled", "run of a schedule", "paused", "redriven", "adopted", "promoted", "clock jump"];

    private static bool Long => Environment.GetEnvironmentVariable("ERRAND_LONG") == "1";

    [Fact]
    public void B_39_whatever_dies_freezes_or_is_lost_every_promise_is_kept()
    {
        var worlds = Worlds.Run(first: 1, Long ? 1_000_000 : 10_000, seed => JobSimulation.Run(seed, new() { Stores = new MemoryStores() }));

        output.WriteLine(worlds.ToString());
        Assert.Empty(worlds.Problems);
        Assert.Empty(worlds.Reports.Where(report => !HasEverything(report)).Select(report => report.Seed));
        // A process was killed, and an answer was lost, before and after each kind of write.
        string[] unmet = [.. from write in Writes from fault in Faults where !worlds.Counts.ContainsKey($"{fault} {write}") select $"{fault} {write}"];
        Assert.Empty(unmet);
        Assert.All(Deeds, deed => Assert.Contains(deed, worlds.Counts.Keys));
    }

    [Fact]
    public void A_seed_replays_the_same_world()
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("ERRAND_SEED") ?? "7", CultureInfo.InvariantCulture);
        output.WriteLine($"ERRAND_SEED={seed}");

        var first = JobSimulation.Run(seed, new() { Stores = new MemoryStores() });
        var second = JobSimulation.Run(seed, new() { Stores = new MemoryStores() });

        Assert.Empty(first.Problems);
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Counts, second.Counts);
    }

    [Fact]
    public void A_world_in_which_nothing_goes_wrong_interrupts_and_adopts_nothing()
    {
        var worlds = Worlds.Run(first: 1, 200, seed => JobSimulation.Run(seed, new() { Stores = new MemoryStores(), Faults = FaultOptions.None }));

        Assert.Empty(worlds.Problems);
        Assert.DoesNotContain("adopted", worlds.Counts.Keys);
        Assert.DoesNotContain("refused", worlds.Counts.Keys);
    }

    [Fact]
    public void J2_the_same_holds_over_a_real_SQLite_file()
    {
        var worlds = Worlds.Run(first: 1, Long ? 5_000 : 200, seed =>
        {
            using var stores = new SqliteStores();
            return JobSimulation.Run(seed, new() { Stores = stores });
        });

        output.WriteLine(worlds.ToString());
        Assert.Empty(worlds.Problems);
        Assert.Empty(worlds.Reports.Where(report => !HasEverything(report)).Select(report => report.Seed));
    }

    private static bool HasEverything(SimulationReport report) =>
        report.Servers >= 3 && report.HandedIn >= 20 && report.Counts.Keys.Any(what => what.StartsWith("Crash", StringComparison.Ordinal))
        && report.Counts.ContainsKey("freeze") && report.Counts.ContainsKey("cancel asked");
}
