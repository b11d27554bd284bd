using System.Diagnostics;

namespace Errand.Bench;

/// <summary>Jobs a second from submit to durable completion, with so many in flight; nothing starts before its add is durable.</summary>
internal static class Throughput
{
    public const string Input = "{\"path\":\"/srv/data/some/folder/of/files\",\"depth\":3,\"follow\":false}";
    private const int InFlight = 256;
    private const int Rounds = 5;
    private const int Jobs = 60_000;

    public static async Task MemoryAsync()
    {
        List<double> rates = [];
        for (int round = 0; round < Rounds; round++) rates.Add(await MeasureAsync(BenchStore.Memory));
        rates.Sort();
        new Figure("memory", $"submit, run and complete no-op jobs, {InFlight} in flight", rates[Rounds / 2], "jobs/s").AtLeast(150_000).Print();
    }

    /// <summary>Each round beside a floor of its own; the median of the ratios counts.</summary>
    public static async Task SqliteAsync()
    {
        List<(double Ratio, double Rate, double Floor)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
            double floor = await SqliteFloor.MeasureAsync(folder, Jobs);
            Directory.Delete(folder, recursive: true);
            double rate = await MeasureAsync(BenchStore.Sqlite);
            rounds.Add((rate / floor, rate, floor));
        }
        var rates = rounds.Select(sample => sample.Rate).Order().ToList();
        rounds.Sort();
        var (_, middle, beside) = rounds[Rounds / 2];
        new Figure("sqlite", $"submit, run and complete no-op jobs, {InFlight} in flight", rates[Rounds / 2], "jobs/s").AtLeast(40_000).Print();
        new Figure("sqlite", "the same, beside bare statements in batches of 500", middle, "jobs/s") { Reference = beside }.RatioAtLeast(0.5).Print();
    }

    private static async Task<double> MeasureAsync(BenchStore store)
    {
        await using var host = await store.StartAsync(InFlight, _ => ValueTask.FromResult(JobOutcome.Completed()));
        await RunManyAsync(host.Client, Jobs / 4);
        return await RunManyAsync(host.Client, Jobs);
    }

    private static async Task<double> RunManyAsync(IJobClient client, int count)
    {
        int left = count;
        var spec = new JobSpec("work", JobData.Parse(Input));
        long startedAt = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var job = await client.SubmitAsync(spec);
                var ended = await client.WaitAsync(job.Id);
                if (ended.Job.State != JobState.Completed) throw new InvalidOperationException($"Job {job.Id} is {ended.Job.State}.");
            }
        })));
        return count / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
    }
}
