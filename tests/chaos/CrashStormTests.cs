using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Storm;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Busy))]
public sealed class CrashStormTests
{
    [Fact]
    public async Task B_39_B_40_workers_are_killed_and_frozen_and_every_job_keeps_its_promises()
    {
        var plan = new StormPlan(Chance.Seed, Chance.Long ? 10 : 1);
        Console.WriteLine($"  • storm: ERRAND_SEED={plan.Seed}");
        await using var folder = new ChaosFolder();
        var host = await folder.Keep(ChaosHost.StartAsync(folder.Settings() with { RunsJobs = false, Output = folder.Output }, null, (_, _) => { }));
        await using var storm = new StormRun(plan, folder, host, atMost: Chance.Long ? TimeSpan.FromMinutes(40) : TimeSpan.FromMinutes(3));

        await storm.RunAsync();
        var verdict = new Verdict(storm, host, folder.ReadJournals());
        var problems = await verdict.ReachAsync();

        Tell(storm, verdict);
        Assert.True(problems.Count == 0, $"ERRAND_SEED={plan.Seed}: {problems.Count} problems\n{string.Join("\n", problems.Take(40))}");
        Assert.True(storm.Strikes.Kills >= plan.Kills && storm.Strikes.ShortFreezes >= plan.ShortFreezes && storm.Strikes.LongFreezes.Count >= plan.LongFreezes);
        Assert.All(storm.Strikes.InFlight, running => Assert.True(running >= plan.InFlight));
    }

    private static void Tell(StormRun storm, Verdict verdict)
    {
        var strikes = storm.Strikes;
        Console.WriteLine(FormattableString.Invariant(
            $"  • storm: {storm.Ledger.Jobs.Count} jobs in {storm.Took.TotalSeconds:F0} s; {strikes.Kills} kills, {strikes.ShortFreezes} short freezes, {strikes.LongFreezes.Count} past the lease (the longest {strikes.LongFreezes.Max().TotalSeconds:F1} s), {strikes.FreezesInVain} freezes were given up"));
        Console.WriteLine(FormattableString.Invariant(
            $"  • storm: at the strikes {strikes.InFlight.Min()} to {strikes.InFlight.Max()} jobs were running; {storm.GivenAgain} submits were repeated; the feed told of {storm.Observer.Changes} changes, {storm.Observer.Resyncs} resyncs"));
        Console.WriteLine($"  • storm: {string.Join(", ", verdict.Counts.Select(count => $"{count.Key} {count.Value}"))}");
        Console.WriteLine($"  • storm: warnings {string.Join(", ", storm.Warnings.Select(warning => $"{warning.Key}: {warning.Value}"))}");
    }
}
