using Errand.Chaos.Tests.Raids;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests;

[Collection(nameof(Raided))]
public sealed class CapTests
{
    private const int CallsOfEach = 12;

    [Fact]
    public async Task H1_B_43_no_more_than_a_cap_allows_run_at_once_while_workers_are_killed_and_no_slot_is_lost()
    {
        int calls = 0;
        await using var raid = await Raid.BeginAsync("caps", (worker, line) =>
        {
            if (line[0] == Words.Ready) worker.Say($"{Words.Call} {Kinds.Capped} 0 20 {CallsOfEach} {JobReuse.None} -1");
            if (line[0] == Words.Called) Interlocked.Add(ref calls, int.Parse(line[^1]));
        });
        var chance = new Random(Chance.Seed);
        var watch = new CapWatch(raid.Store);

        var strikes = raid.StrikeAsync(Chance.Long ? 100 : 8, inFlight: 3, mostAtOnce: 2);
        var jobs = await RunAsync(raid, watch, strikes, live: 60, () => CapWatch.Specs(chance, count: 60, millis: 60));

        var runs = BodyRun.Of(raid.Folder.ReadJournals(), raid.Fleet.Everyone);
        int ofKind = BodyRun.MostAtOnce(runs.Where(run => jobs[run.Job].Kind == Kinds.Capped));
        int ofKey = BodyRun.MostAtOnce(runs.Where(run => jobs[run.Job].Spec.Tags.Contains(CapWatch.Key)));
        int again = jobs.Values.Count(job => job.Attempt > 1);
        Console.WriteLine($"  • caps: {jobs.Count} jobs, the ends of {calls} calls seen; {raid.Struck}, {again} jobs ran again; {watch}, " +
            $"bodies {ofKind} and {ofKey}");
        Assert.InRange(ofKind, 2, Kinds.MostCapped);
        Assert.InRange(ofKey, 2, CapWatch.MostOfKey);
        Assert.Empty(BodyRun.BegunTwice(runs));
        Assert.True(calls > 0 && again > 0, "No call ended, or nobody was killed in the middle of a job.");
    }

    [Fact]
    public async Task H1_B_43_a_worker_that_was_frozen_past_its_lease_takes_no_slot_and_gives_none_back_twice()
    {
        await using var raid = await Raid.BeginAsync("frozen");
        var chance = new Random(Chance.Seed);
        var watch = new CapWatch(raid.Store);
        var freeze = new LongFreeze(raid);

        var jobs = await RunAsync(raid, watch, freeze.RunAsync(chance), live: 30, () => CapWatch.Specs(chance, count: 30, millis: 400));

        Console.WriteLine($"  • frozen: it held {freeze.Held} capped jobs; {watch}");
        Assert.True(jobs.Values.Count(job => job.Attempt > 1) >= freeze.Held);
    }

    /// <summary>Has jobs run under caps while something happens to their workers. None is exceeded, and all are free in the end.</summary>
    private static async Task<IReadOnlyDictionary<JobId, Job>> RunAsync(
        Raid raid, CapWatch watch, Task strikes, int live, Func<IReadOnlyList<JobSpec>> specs)
    {
        using var stopped = new CancellationTokenSource();
        var watching = watch.RunAsync(stopped.Token);
        await raid.FeedAsync(strikes, live, () => raid.SubmitAsync(specs()));
        await raid.AllEndedAsync();
        await stopped.CancelAsync();
        await watching;

        var jobs = await raid.JobsAsync();
        watch.Check();
        Assert.DoesNotContain(jobs.Values, job => job.State != JobState.Completed);
        Assert.Empty(await raid.Store.ListCapsAsync("", null, 10, TestContext.Current.CancellationToken));
        Assert.Empty(raid.Problems);
        return jobs;
    }
}
