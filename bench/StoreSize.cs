using System.Diagnostics;
using Errand.Sqlite;
using Errand.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Bench;

/// <summary>Whether a store grows slower with the jobs that ended in it: the same reads and claims beside 1,000 and 1,000,000 of them.</summary>
internal static class StoreSize
{
    private const int Small = 1_000;
    private const int Large = 1_000_000;
    private const int Samples = 2_000;
    private static readonly RunnerId Runner = new("bench");

    public static async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
        await using (var store = new SqliteJobStore(
            new() { Path = Path.Combine(folder, "errand.db") }, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance))
        {
            await store.OpenAsync();
            await store.HeartbeatAsync(new(Runner, 1, null));
            var ids = await FillAsync(store, Small);
            var small = await MeasureAsync(store, ids);
            ids.AddRange(await FillAsync(store, Large - Small));
            var large = await MeasureAsync(store, ids);
            foreach (var (what, micros) in large)
                new Figure("sqlite", $"{what}: p50 with {Large:N0} ended jobs beside {Small:N0}", micros, "us") { Reference = small[what] }
                    .RatioAtMost(1.5).Print();
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<List<JobId>> FillAsync(IJobStore store, int count)
    {
        List<JobId> ids = [];
        var spec = new JobSpec("work", JobData.Parse(Throughput.Input));
        for (int done = 0; done < count; done += 500)
        {
            var now = DateTimeOffset.UtcNow;
            Job[] jobs = [.. Enumerable.Range(0, 500).Select(i => Ended(spec, now, i % 10 == 0))];
            ids.AddRange(jobs.Select(job => job.Id));
            await store.AddAsync(jobs);
        }
        return ids;
    }

    private static Job Ended(JobSpec spec, DateTimeOffset now, bool failed) => Job.Running(JobId.New(now), spec, Runner, now, now) with
    {
        Phase = failed ? JobPhase.Failed : JobPhase.Completed,
        Outcome = failed ? JobOutcome.Failed(new("exception", "it failed")) : JobOutcome.Completed(),
        FinishedAt = now,
    };

    private static async Task<Dictionary<string, double>> MeasureAsync(IJobStore store, List<JobId> ids)
    {
        var random = new Random(1);
        var now = DateTimeOffset.UtcNow;
        return new()
        {
            ["get"] = await MedianAsync(_ => store.FindAsync(ids[random.Next(ids.Count)])),
            ["list of 50, newest"] = await MedianAsync(_ => store.ListAsync(new())),
            ["list of 50 by state"] = await MedianAsync(_ => store.ListAsync(new() { States = [JobState.Failed] })),
            ["list of 50 by time"] = await MedianAsync(
                _ => store.ListAsync(new() { CreatedFrom = now - TimeSpan.FromSeconds(1), CreatedBefore = now })),
            ["claim one"] = await ClaimAsync(store),
        };
    }

    /// <summary>How long the claim of one job takes.</summary>
    public static async Task<double> ClaimAsync(IJobStore store)
    {
        List<JobId> claimed = [];
        var spec = new JobSpec("claimed");
        for (int done = 0; done < 2 * Samples; done += 500)
        {
            var now = DateTimeOffset.UtcNow;
            await store.AddAsync([.. Enumerable.Range(0, 500).Select(_ => Job.Queued(JobId.New(now), spec, now))]);
        }
        double median = await MedianAsync(async _ =>
        {
            var claim = await store.ClaimAsync(new(Runner, ["claimed"], 1, DateTimeOffset.UtcNow));
            claimed.Add(claim.Started[0].Id);
            return claim;
        });
        while ((await store.ClaimAsync(new(Runner, ["claimed"], 1000, DateTimeOffset.UtcNow))).Started is { Count: > 0 } rest)
            claimed.AddRange(rest.Select(job => job.Id));
        await store.ApplyAsync([.. claimed.Select(id =>
            new JobWrite(id, JobTransition.Finish(new(Runner, 1), JobOutcome.Completed(), DateTimeOffset.UtcNow)))]);
        return median;
    }

    private static async Task<double> MedianAsync<T>(Func<int, ValueTask<T>> call)
    {
        List<double> micros = [];
        for (int i = 0; i < Samples + 200; i++)
        {
            long startedAt = Stopwatch.GetTimestamp();
            await call(i);
            if (i >= 200) micros.Add(Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds);
        }
        micros.Sort();
        return micros[Samples / 2];
    }
}
