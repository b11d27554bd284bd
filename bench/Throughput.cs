using System.Diagnostics;

namespace Errand.Bench;

/// <summary>Jobs a second from submit to durable completion, with so many in flight; nothing starts before its add is durable.</summary>
internal static class Throughput
{
    private const int InFlight = 256;

    public static async Task RunAsync(BenchStore store)
    {
        await using var host = await store.StartAsync(InFlight, _ => ValueTask.FromResult(JobOutcome.Completed()));
        await RunManyAsync(host.Client, 20_000);
        List<double> rates = [];
        for (int round = 0; round < 5; round++) rates.Add(await RunManyAsync(host.Client, 60_000));
        rates.Sort();
        new Figure(store.Name, $"submit, run and complete no-op jobs, {InFlight} in flight", rates[2], "jobs/s").AtLeast(store.Name == "memory" ? 150_000 : 40_000).Print();
    }

    private static async Task<double> RunManyAsync(IJobClient client, int count)
    {
        int left = count;
        var input = JobData.Parse("{\"path\":\"/srv/data/some/folder/of/files\",\"depth\":3,\"follow\":false,\"limit\":1000}");
        var spec = new JobSpec("work", input);
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
