using Errand.Chaos.Tests.Processes;
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
        using var stopped = new CancellationTokenSource();
        var watch = new CapWatch(raid.Store);
        var watching = watch.RunAsync(stopped.Token);

        await raid.FeedAsync(raid.StrikeAsync(Chance.Long ? 100 : 8, inFlight: 3, mostAtOnce: 2), live: 60, () => raid.SubmitAsync(CapWatch.Specs(chance, 60, 60)));
        await raid.AllEndedAsync();
        await stopped.CancelAsync();
        await watching;
        var jobs = await raid.JobsAsync();
        var runs = BodyRun.Of(raid.Folder.ReadJournals(), raid.Fleet.Everyone);

        int ofKind = BodyRun.MostAtOnce(runs.Where(run => jobs[run.Job].Kind == Kinds.Capped));
        int ofKey = BodyRun.MostAtOnce(runs.Where(run => jobs[run.Job].Spec.Tags.Contains(CapWatch.Key)));
        Console.WriteLine($"  • caps: {jobs.Count} jobs, {calls} of them calls, {raid.Kills} kills with {raid.InFlight.Min()} to {raid.InFlight.Max()} in flight, " +
            $"{jobs.Values.Count(job => job.Attempt > 1)} jobs ran again; {watch.Looks} looks saw {watch.MostOfKindSeen} and {watch.MostOfKeySeen} at once at most, bodies {ofKind} and {ofKey}");
        watch.Check();
        Assert.InRange(ofKind, 2, Kinds.MostCapped);
        Assert.InRange(ofKey, 2, CapWatch.MostOfKey);
        Assert.Empty(BodyRun.BegunTwice(runs));
        Assert.DoesNotContain(jobs.Values, job => job.State != JobState.Completed);
        Assert.Empty(await raid.Store.ListCapsAsync("", null, 10, TestContext.Current.CancellationToken));
        Assert.Empty(raid.Problems);
        Assert.True(calls > 0 && jobs.Values.Any(job => job.Attempt > 1), "No call ended, or nobody was killed in the middle of a job.");
    }

    [Fact]
    public async Task H1_B_43_a_worker_that_was_frozen_past_its_lease_takes_no_slot_and_gives_none_back_twice()
    {
        int silences = 0;
        await using var raid = await Raid.BeginAsync("frozen", (_, line) =>
        {
            if (line[0] == Words.Logged && line[1] == $"{Logs.RunnerLapsed}" && line.Contains("silent")) Interlocked.Increment(ref silences);
        });
        var chance = new Random(Chance.Seed);
        using var stopped = new CancellationTokenSource();
        var watch = new CapWatch(raid.Store);
        var watching = watch.RunAsync(stopped.Token);
        int held = 0;

        await raid.FeedAsync(FreezeAsync(), live: 30, () => raid.SubmitAsync(CapWatch.Specs(chance, 30, 400)));
        await raid.AllEndedAsync();
        await stopped.CancelAsync();
        await watching;

        Console.WriteLine($"  • frozen: it held {held} capped jobs; {watch.Looks} looks saw {watch.MostOfKindSeen} and {watch.MostOfKeySeen} at once at most");
        watch.Check();
        var jobs = await raid.JobsAsync();
        Assert.DoesNotContain(jobs.Values, job => job.State != JobState.Completed);
        Assert.True(jobs.Values.Count(job => job.Attempt > 1) >= held);
        Assert.Empty(await raid.Store.ListCapsAsync("", null, 10, TestContext.Current.CancellationToken));
        Assert.Empty(raid.Problems);

        async Task FreezeAsync()
        {
            WorkerProcess frozen;
            while (true)
            {
                frozen = raid.Fleet.Ready()[chance.Next(Raid.Workers)];
                await raid.UntilAsync(() => Open(frozen) > 1);
                frozen.Freeze();
                held = Open(frozen);
                // One that has the lock of the file in its hand holds up all others, who then cannot tell that it is silent.
                if (held > 0 && await OthersGoOnAsync()) break;
                frozen.Thaw();
            }
            await raid.UntilAsync(() => silences > 0);
            await raid.UntilAsync(() => raid.Folder.ReadJournals().Count(line => line is { Deed: Deed.Started, Attempt: > 1 }) >= held);
            frozen.Thaw();
            await frozen.HearAsync(Words.Logged, $"{Logs.Lapsed}");
        }

        int Open(WorkerProcess worker) =>
            raid.Folder.ReadJournals().Where(line => line.Run.StartsWith($"{worker.Name}-", StringComparison.Ordinal)).GroupBy(line => line.Run).Count(run => run.Last().Deed != Deed.Ended);

        async Task<bool> OthersGoOnAsync()
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                await raid.Store.WriteRecordAsync("test/lock", 0, JobData.Parse("1"), cancellation.Token);
                return true;
            }
            catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
            {
                return false;
            }
        }
    }
}
