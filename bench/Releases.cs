using System.Diagnostics;
using Errand.Sqlite;
using Errand.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Bench;

/// <summary>How fast the dependents of one job come into line once it has ended.</summary>
internal static class Releases
{
    private const int Dependents = 10_000;
    private const int Batch = 500;
    private const int Rounds = 5;
    private static readonly RunnerId Runner = new("bench");

    public static async Task RunAsync()
    {
        List<double> rates = [];
        string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
        await using (var store = new SqliteJobStore(
            new() { Path = Path.Combine(folder, "errand.db") }, TimeProvider.System, WorkScheduler.Default, NullLogger<SqliteJobStore>.Instance))
        {
            await store.OpenAsync();
            for (int round = 0; round < Rounds; round++) rates.Add(await MeasureAsync(store));
        }
        Directory.Delete(folder, recursive: true);
        rates.Sort();
        new Figure("sqlite-releases", $"dependents of one job released, {Dependents:N0} of them", rates[Rounds / 2], "jobs/s").AtLeast(20_000).Print();
    }

    private static async Task<double> MeasureAsync(IJobStore store)
    {
        var now = DateTimeOffset.UtcNow;
        var parent = Job.Running(JobId.New(now), new("work"), Runner, now, now);
        await store.AddAsync([parent]);
        var spec = new JobSpec("work", JobData.Parse(Throughput.Input)) { After = [JobDependency.OnSuccess(parent.Id)] };
        for (int done = 0; done < Dependents; done += Batch) await store.AddAsync([.. Enumerable.Range(0, Batch).Select(_ => Job.Queued(JobId.New(now), spec, now))]);
        await store.ApplyAsync([new(parent.Id, JobTransition.Finish(parent.Fence, JobOutcome.Completed(), now))]);
        long startedAt = Stopwatch.GetTimestamp();
        while ((await store.ReleaseAsync(Batch)).More) { }
        double rate = Dependents / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        if (await store.CountInLineAsync() is var inLine and not Dependents) throw new InvalidOperationException($"{inLine} jobs are in line, not {Dependents}.");
        return rate;
    }

    // Takes them out of the way of the next round, too.
    private static async Task<int> CountInLineAsync(this IJobStore store)
    {
        int count = 0;
        while ((await store.ClaimAsync(new(Runner, ["work"], 1000, DateTimeOffset.UtcNow))).Started is { Count: > 0 } started) count += started.Count;
        return count;
    }
}
