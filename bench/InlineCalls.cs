using System.Diagnostics;

namespace Errand.Bench;

/// <summary>What a call that ends within its caller's patience costs over calling its body directly.</summary>
internal static class InlineCalls
{
    private const int Calls = 200_000;
    private static readonly CallOptions Patience = new() { AsyncTimeout = TimeSpan.FromSeconds(50) };

    public static async Task RunAsync()
    {
        await using var host = await BenchStore.Memory.StartAsync(10, async _ =>
        {
            await Task.Yield();
            return JobOutcome.Completed();
        });
        await CompareAsync("async body that yields", host.Client, new Body(async _ =>
        {
            await Task.Yield();
            return JobOutcome.Completed();
        }), 5);
        await CompareAsync("async body that ends at once", host.Client, new Body(_ => ValueTask.FromResult(JobOutcome.Completed())), 5);
        await BlockingAsync();
    }

    private static async Task CompareAsync(string what, IJobClient client, Body body, double goalMicros)
    {
        var spec = new JobSpec("work");
        async Task Call()
        {
            if ((await client.CallAsync(spec, body, Patience)).IsPromoted) throw new InvalidOperationException("It was promoted.");
        }
        async Task Direct() => await body.RunAsync(null!);
        await ReportAsync(what, Call, Direct, goalMicros);
    }

    private static async Task BlockingAsync()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        Microsoft.Extensions.DependencyInjection.ErrandServiceCollectionExtensions.AddErrand(builder.Services)
            .AddJob("work", _ => ValueTask.FromResult(JobOutcome.Completed()), kind => kind.Blocking = true);
        using var host = builder.Build();
        await host.StartAsync();
        var client = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<IJobClient>(host.Services);
        var spec = new JobSpec("work");
        await ReportAsync("sync body on a thread of its own", async () => _ = await client.CallAsync(spec, Patience), () => Task.CompletedTask, 15);
        await host.StopAsync();
    }

    private static async Task ReportAsync(string what, Func<Task> call, Func<Task> direct, double goalMicros)
    {
        await TimeAsync(call);
        await TimeAsync(direct);
        List<(double Micros, double Bytes)> over = [];
        for (int round = 0; round < 7; round++)
        {
            var (callMicros, callBytes) = await TimeAsync(call);
            var (directMicros, directBytes) = await TimeAsync(direct);
            over.Add((callMicros - directMicros, callBytes - directBytes));
        }
        over.Sort();
        new Figure("inline", $"{what}: time over a direct call", over[3].Micros, "us").AtMost(goalMicros).Print();
        new Figure("inline", $"{what}: bytes over a direct call", over.Min(sample => sample.Bytes), "bytes").AtMost(1024).Print();
    }

    private static async Task<(double Micros, double Bytes)> TimeAsync(Func<Task> call)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long startedAt = Stopwatch.GetTimestamp();
        for (int i = 0; i < Calls; i++) await call();
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        return (elapsed.TotalMicroseconds / Calls, (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / Calls);
    }

    private sealed class Body(Func<JobContext, ValueTask<JobOutcome>> body) : IJobExecutor
    {
        public ValueTask<JobOutcome> RunAsync(JobContext job) => body(job);
    }
}
