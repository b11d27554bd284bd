using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Hosting;

public sealed class HostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T1_three_lines_in_a_real_host_define_submit_and_await_a_job()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddErrand().AddJob<string, int>("count", (text, _) => Task.FromResult(text.Length));
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<IJobClient>();

        var job = await client.SubmitAsync("count", "hello", cancellationToken: Token);
        Assert.Equal(5, await client.WaitForResultAsync<int>(job.Id, Token).AsTask().InTime());
        Assert.Equal("5", (await client.CallAsync("count", "hello", null, Token)).GetResult().ToString());
        await host.StopAsync(Token);
        await Assert.ThrowsAsync<ShuttingDownException>(async () => await client.SubmitAsync("count", "hello", cancellationToken: Token));
    }

    [Fact]
    public async Task A_host_that_is_disposed_without_a_stop_lets_go_of_its_store()
    {
        var store = new StoreSpy();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddErrand(errand => errand.AddSleep().UseStore(_ => store));
        using (var host = builder.Build()) await host.StartAsync(Token);
        Assert.Equal(1, store.Disposals);
    }

    [Fact]
    public async Task A_host_with_options_that_cannot_work_does_not_start_and_says_all_that_is_wrong()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddErrand(errand => errand.Configure(options =>
        {
            options.Slots = 0;
            options.LeaseTime = Seconds(1);
            options.BeatInterval = Seconds(60);
            options.PollInterval = TimeSpan.Zero;
            options.MaxPayloadBytes = 1;
            options.StopGrace = Seconds(-1);
            options.ShutdownTimeout = Seconds(-1);
            options.AsyncTimeout = Seconds(-1);
            options.DefaultLimits = new() { WallTime = TimeSpan.Zero };
            options.Retention.Age = Seconds(-1);
            options.Retention.Count = -1;
            options.Retention.SweepInterval = TimeSpan.Zero;
        }));
        using var host = builder.Build();
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        string[] named =
        [
            "Slots", "LeaseTime", "BeatInterval", "PollInterval", "MaxPayloadBytes", "StopGrace", "ShutdownTimeout", "AsyncTimeout",
            "DefaultLimits.WallTime", "Retention.Age", "Retention.Count", "Retention.SweepInterval",
        ];
        Assert.All(named, name => Assert.Contains(refusal.Failures, failure => failure.StartsWith($"Errand: {name} is ", StringComparison.Ordinal)));
        Assert.Equal(named.Length, refusal.Failures.Count());
    }

    [Fact]
    public void A_kind_that_is_registered_twice_or_wrongly_is_found_at_the_start()
    {
        var twice = Assert.Throws<InvalidJobException>(() => ErrandTest.Start(builder => builder.AddSleep().AddSleep()));
        Assert.Contains("'sleep' is registered twice", twice.Message, StringComparison.Ordinal);
        var patience = Assert.Throws<InvalidJobException>(() => ErrandTest.Start(builder => builder.AddSleep(kind => kind.AsyncTimeout = Seconds(-5))));
        Assert.Equal("asyncTimeout", patience.Parameter);
        var limits = Assert.Throws<InvalidJobException>(() => ErrandTest.Start(builder => builder.AddSleep(kind => kind.Limits = new() { WallTime = TimeSpan.Zero })));
        Assert.Equal("limits.wallTime", limits.Parameter);
    }

    [Fact]
    public void A_process_that_runs_no_jobs_submits_and_follows_them_all_the_same()
    {
        using var worker = ErrandTest.Start(builder => builder.AddSleep());
        using var front = worker.StartAnother(builder => builder.Configure(options =>
        {
            options.RunsJobs = false;
            options.RemoteKinds.Add("sleep");
        }));
        var id = front.Submit(Sleep(2)).Id;
        Assert.Equal(JobState.Completed, front.End(id).State);
        Assert.Equal("1", front.Run(client => client.CallAsync(Sleep(1), Patience(5))).GetResult().ToString());
        Assert.True(front.Run(client => client.CallAsync(Sleep(9), Patience(5))).IsPromoted);
    }
}
