namespace Errand.Bench;

/// <summary>What a job that waits in line costs in memory.</summary>
internal static class Footprint
{
    private const int Jobs = 100_000;

    public static async Task RunAsync()
    {
        await using var host = await BenchStore.Memory.StartAsync(1, async job =>
        {
            await Task.Delay(Timeout.Infinite, job.CancellationToken);
            return JobOutcome.Completed();
        });
        await host.Client.SubmitAsync(new JobSpec("work"));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Jobs; i++)
            await host.Client.SubmitAsync(new JobSpec("work", JobData.Parse($"{{\"path\":\"/srv/data/folder/{i}\",\"depth\":3}}")));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        new Figure("memory", "per waiting job", (double)(after - before) / Jobs, "bytes").AtMost(2048).Print();
        await host.Client.CancelAllAsync(new(), "bench");
    }
}
