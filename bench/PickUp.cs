using System.Diagnostics;

namespace Errand.Bench;

/// <summary>From the moment submit returns, which is when the job is durable, to the first line of its work.</summary>
internal static class PickUp
{
    private const int Rounds = 5_000;

    public static async Task RunAsync(BenchStore store)
    {
        TaskCompletionSource<long> started = new();
        await using var host = await store.StartAsync(10, _ =>
        {
            started.SetResult(Stopwatch.GetTimestamp());
            return ValueTask.FromResult(JobOutcome.Completed());
        });
        List<double> micros = [];
        for (int round = 0; round < Rounds + 500; round++)
        {
            started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var job = await host.Client.SubmitAsync(new JobSpec("work"));
            long returnedAt = Stopwatch.GetTimestamp();
            long startedAt = await started.Task;
            await host.Client.WaitAsync(job.Id);
            // Work may begin on another thread before submit's caller has gone on: that is no waiting at all.
            if (round >= 500) micros.Add(Math.Max(0, Stopwatch.GetElapsedTime(returnedAt, startedAt).TotalMicroseconds));
        }
        micros.Sort();
        new Figure(store.Name, "pick-up p50: submit returns to work starts", micros[Rounds / 2], "us")
            .AtMost(store.Name == "memory" ? 30 : 400).Print();
        new Figure(store.Name, "pick-up p99: submit returns to work starts", micros[Rounds * 99 / 100], "us").Print();
    }
}
