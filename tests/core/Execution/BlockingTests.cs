using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>Bodies that block their threads, on real ones.</summary>
public sealed class BlockingTests : IDisposable
{
    private static readonly AsyncLocal<string?> Ambient = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly IHost _host;

    public BlockingTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddErrand(errand => errand
            .AddBlockingJob<int, int>("block", (number, job) =>
            {
                _release.Wait(job.CancellationToken);
                return number;
            })
            .AddBlockingJob<int, string?>("ambient", (_, _) => Ambient.Value)
            .AddJob<int, string?>("ambient-async", async (_, _) =>
            {
                await Task.Yield();
                return Ambient.Value;
            })
            .AddJob<int, int>("async", async (number, _) =>
            {
                await Task.Yield();
                return number;
            }));
        _host = builder.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IJobClient Client => _host.Services.GetRequiredService<IJobClient>();

    [Fact]
    public async Task A12_fifty_blocking_bodies_at_once_do_not_hold_up_an_async_call()
    {
        await _host.StartAsync(Token);
        var blocked = Enumerable.Range(0, 50).Select(number => Client.CallAsync("block", number, null, Token).AsTask()).ToArray();
        for (int i = 0; i < 100; i++)
            Assert.Equal($"{i}", (await Client.CallAsync("async", i, null, Token).AsTask().InTime()).GetResult().ToString());
        Assert.DoesNotContain(blocked, call => call.IsCompleted);
        _release.Set();
        var results = await Task.WhenAll(blocked).InTime();
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number}"), results.Select(result => result.GetResult().ToString()));
    }

    [Fact]
    public async Task B_07_a_sync_body_is_handed_over_while_it_blocks()
    {
        await _host.StartAsync(Token);
        var result = await Client.CallAsync("block", 7, new() { AsyncTimeout = Milliseconds(100) }, Token).AsTask().InTime();
        // The body is still in its one blocking call: nothing but the patience can have answered.
        Assert.True(result.IsPromoted);
        Assert.Equal(JobState.Running, (await Client.GetAsync(result.Job!.Id, Token)).State);
        _release.Set();
        Assert.Equal(7, await Client.WaitForResultAsync<int>(result.Job.Id, Token).AsTask().InTime());
    }

    [Fact]
    public async Task A12_the_caller_of_a_sync_body_is_not_blocked()
    {
        await _host.StartAsync(Token);
        var call = Client.CallAsync("block", 1, null, Token).AsTask();
        Assert.False(call.IsCompleted);
        _release.Set();
        Assert.Equal("1", (await call.InTime()).GetResult().ToString());
    }

    [Fact]
    public async Task A_body_sees_the_ambient_values_of_its_caller_when_it_is_called_and_of_nobody_when_it_is_queued()
    {
        await _host.StartAsync(Token);
        Ambient.Value = "the caller";
        Assert.Equal("\"the caller\"", (await Client.CallAsync("ambient", 0, null, Token).AsTask().InTime()).GetResult().ToString());
        Assert.Equal("\"the caller\"", (await Client.CallAsync("ambient-async", 0, null, Token).AsTask().InTime()).GetResult().ToString());
        // More at once than there are idle threads: some are made for this caller, and serve others afterwards.
        var blocked = Enumerable.Range(0, 100).Select(number => Client.CallAsync("block", number, null, Token).AsTask()).ToArray();
        _release.Set();
        await Task.WhenAll(blocked).InTime();
        var jobs = await Client.SubmitAsync([.. Enumerable.Repeat(new JobSpec("ambient", JobData.Parse("0")), 100), new("ambient-async", JobData.Parse("0"))], Token);
        foreach (var job in jobs) Assert.Null(await Client.WaitForResultAsync<string>(job.Id, Token).AsTask().InTime());
    }

    public void Dispose()
    {
        _release.Set();
        _host.Dispose();
        _release.Dispose();
    }
}
