using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Gates;

/// <summary>What calls and waiting jobs may cost in memory. Alone, for allocations of other tests would count.</summary>
[Collection(nameof(MemoryGates))]
[CollectionDefinition(nameof(MemoryGates), DisableParallelization = true)]
public sealed class MemoryGates
{
    private const int Calls = 20_000;
    private static readonly CallOptions Options = Patience(60);
    private static readonly JobSpec Yields = new("yields");
    private static readonly JobSpec Now = new("now");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_waiting_job_takes_no_more_than_2_KB()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Limits = JobLimits.None).Configure(options => options.Slots = 1));
        errand.Submit(Sleep(1e6));
        errand.RunToIdle();
        Queue(100);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Queue(Calls);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{(after - before) / Calls} bytes a waiting job");
        Assert.InRange((after - before) / Calls, 100, 2048);
        Assert.Equal(Calls + 100, errand.Run(client => client.CountAsync(new()))[JobState.Queued]);

        void Queue(int count)
        {
            for (int i = 0; i < count; i++)
                errand.Submit(new JobSpec("sleep", JobData.Parse($"{i}.5")) { Title = $"Nap number {i}", Owner = "ann", Tags = ["nap"] });
        }
    }

    [Fact]
    public async Task An_inline_call_whose_body_waits_allocates_less_than_1_KB()
    {
        using var host = await StartAsync();
        var client = host.Services.GetRequiredService<IJobClient>();
        long bytes = await BytesPerCallAsync(() => client.CallAsync(Yields, Options));
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes a call whose body yields");
        Assert.InRange(bytes, 1, 1023);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task An_inline_call_whose_body_completes_at_once_allocates_less_than_1_KB()
    {
        using var host = await StartAsync();
        var client = host.Services.GetRequiredService<IJobClient>();
        long bytes = await BytesPerCallAsync(() => client.CallAsync(Now, Options));
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes a call whose body completes at once");
        Assert.InRange(bytes, 1, 1023);
        await host.StopAsync(Token);
    }

    // On a thread of its own, without the ambient values of the test, of which each change of one makes a copy.
    private static Task<long> BytesPerCallAsync(Func<ValueTask<CallResult>> call)
    {
        using (ExecutionContext.SuppressFlow()) return Task.Run(() => MeasureAsync(call), Token);
    }

    private static async Task<long> MeasureAsync(Func<ValueTask<CallResult>> call)
    {
        for (int i = 0; i < 2000; i++) await call();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Calls; i++) await call();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Calls;
    }

    private static async Task<IHost> StartAsync()
    {
        var done = JobOutcome.Completed();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddErrand(errand => errand
            .AddJob("now", _ => new ValueTask<JobOutcome>(done))
            .AddJob("yields", async _ =>
            {
                await Task.Yield();
                return done;
            }));
        var host = builder.Build();
        await host.StartAsync(Token);
        return host;
    }
}
