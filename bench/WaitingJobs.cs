using Errand.Sqlite;
using Errand.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Bench;

/// <summary>Whether a claim takes longer the more jobs wait that it cannot have: at a full cap, for a later time, for another job.</summary>
internal static class WaitingJobs
{
    private const int Small = 10;
    private const int Large = 1_000_000;
    private const int Batch = 500;
    private static readonly RunnerId Runner = new("bench");
    private static readonly JobCap[] Full = [new("full", new() { Running = 1 })];

    public static async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
        await using (var store = new SqliteJobStore(
            new() { Path = Path.Combine(folder, "errand.db") }, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance))
        {
            await store.OpenAsync();
            await store.HeartbeatAsync(new(Runner, 1, null));
            var now = DateTimeOffset.UtcNow;
            var running = Job.Running(JobId.New(now), new("claimed"), Runner, now, now) with { Caps = Full };
            await store.AddAsync([running]);
            await FillAsync(store, Small, running);
            double small = await StoreSize.ClaimAsync(store);
            await FillAsync(store, Large - Small, running);
            double large = await StoreSize.ClaimAsync(store);
            new Figure("sqlite-waiting", $"claim one: p50 with {Large:N0} at a full cap, of a later time and after another job beside {Small:N0}", large, "us")
            {
                Reference = small,
            }.RatioAtMost(1.5).Print();
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task FillAsync(IJobStore store, int count, Job running)
    {
        for (int done = 0; done < count; done += Batch)
        {
            var now = DateTimeOffset.UtcNow;
            await store.AddAsync([.. Enumerable.Range(done, Math.Min(Batch, count - done)).Select(i => Waiting(i, now, running))]);
        }
    }

    private static Job Waiting(int number, DateTimeOffset now, Job running) => (number % 3) switch
    {
        0 => Job.Queued(JobId.New(now), new("claimed"), now) with { Caps = Full },
        1 => Job.Queued(JobId.New(now), new("claimed") { RunAt = now.AddHours(1) }, now),
        _ => Job.Queued(JobId.New(now), new("claimed") { After = [JobDependency.OnEnd(running.Id)] }, now),
    };
}
