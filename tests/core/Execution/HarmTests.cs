using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>Jobs that behave badly, and those beside them.</summary>
public sealed class HarmTests
{
    private readonly StoreSpy _store = new();

    [Fact]
    public void B9_a_job_that_hangs_and_hears_nothing_loses_its_slot_after_its_limit()
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("hangs", _ => new TaskCompletionSource().Task, kind => kind.Limits = new() { WallTime = Seconds(10) })
            .AddSleep()
            .Configure(options => options.Slots = 1));
        var hanging = errand.Submit(new("hangs")).Id;
        var next = errand.Submit(Sleep(1)).Id;
        Assert.Equal(JobState.Completed, errand.End(next).State);
        // The limit, and the grace it is given to stop.
        Assert.Equal(Seconds(10 + 5 + 1), errand.World.Elapsed);
        Assert.Equal(JobErrorCodes.Timeout, errand.Get(hanging).Outcome!.Error!.Code);
        Assert.Contains(JobEvents.Abandoned, errand.History(hanging));
    }

    [Fact]
    public void B9_a_job_that_was_left_behind_can_no_longer_write_to_it()
    {
        JobContext? left = null;
        var goOn = new TaskCompletionSource();
        using var errand = ErrandTest.Start(builder => builder.Add("late", async job =>
        {
            left = job;
            await goOn.Task;
            job.Log("too late");
            job.Report(9, 9);
            await job.SaveCheckpointAsync(JobData.Parse("9"));
        }, kind => kind.Limits = new() { WallTime = Seconds(1) }), _store);
        var ended = errand.End(errand.Submit(new("late")).Id);
        errand.Node.Post(goOn.SetResult);
        errand.Advance(Seconds(20));
        Assert.Equal(ended, errand.Get(ended.Id));
        Assert.Equal("", errand.OutputOf(ended.Id));
        Assert.NotNull(left);
    }

    [Fact]
    public void B9_a_flood_of_progress_is_written_once_a_second_and_the_last_word_counts()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("floods", async job =>
        {
            for (int i = 1; i <= 10_000; i++)
            {
                job.Report(i, 10_000);
                if (i % 100 == 0) await Task.Delay(Milliseconds(100), job.Time);
            }
            await Task.Delay(Seconds(2), job.Time);
        }), _store);
        var id = errand.Submit(new("floods")).Id;
        errand.Advance(Seconds(11));
        Assert.Equal(100, errand.Get(id).Progress!.Percent);
        errand.End(id);
        // Twelve seconds, and the beginning and the end.
        Assert.InRange(_store.Count("apply"), 3, 14);
    }

    [Fact]
    public void B9_a_callback_that_throws_when_its_job_is_cancelled_hurts_nobody()
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("rigged", async Task (job) =>
            {
                using var trap = job.CancellationToken.Register(() => throw new InvalidOperationException("trap"));
                await Task.Delay(Hours(2), job.Time, job.CancellationToken);
            }, kind => kind.Limits = new() { WallTime = Seconds(5) })
            .AddSleep());
        var limited = errand.Submit(new("rigged")).Id;
        var cancelled = errand.Submit(new JobSpec("rigged") { Limits = new() { WallTime = Hours(1) } }).Id;
        errand.RunToIdle();
        errand.Run(client => client.CancelAsync(cancelled, "ann"));
        Assert.Equal(JobState.Cancelled, errand.End(cancelled).State);
        Assert.Equal(JobErrorCodes.Timeout, errand.End(limited).Outcome!.Error!.Code);
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("beat")]
    [InlineData("apply")]
    public void B9_a_store_that_breaks_its_word_once_does_not_end_the_runner(string call)
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Configure(options => options.Slots = 1), _store);
        int failures = 3;
        _store.Fails = asked => asked == call && failures-- > 0 ? new InvalidOperationException("a bug in the store") : null;
        var first = errand.Submit(Sleep(1)).Id;
        var second = errand.Submit(Sleep(1)).Id;
        Assert.Equal(JobState.Completed, errand.End(first).State);
        Assert.Equal(JobState.Completed, errand.End(second).State);
        errand.Advance(Seconds(20));
        Assert.True(failures <= 0);
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
    }

    [Fact]
    public async Task B9_jobs_that_block_their_threads_do_not_hold_up_the_others()
    {
        using var release = new ManualResetEventSlim();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddErrand(errand => errand
            // Not declared blocking: nobody knows what they are like.
            .Add("blocks", Task<string> (_) =>
            {
                release.Wait(Milliseconds(60_000));
                return Task.FromResult("1");
            })
            .Add("quick", async _ =>
            {
                await Task.Yield();
                return "2";
            })
            .Configure(options => options.Slots = 60));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = host.Services.GetRequiredService<IJobClient>();
        var blocked = await client.SubmitAsync([.. Enumerable.Repeat(new JobSpec("blocks"), 50)], TestContext.Current.CancellationToken);
        foreach (var job in blocked)
            await client.WaitAsync(job.Id, new() { AfterVersion = job.Version }, TestContext.Current.CancellationToken).AsTask().InTime();
        var quick = await client.SubmitAsync(new JobSpec("quick"), TestContext.Current.CancellationToken);
        Assert.Equal(JobState.Completed, (await client.WaitAsync(quick.Id, null, TestContext.Current.CancellationToken).AsTask().InTime()).Job.State);
        Assert.Equal(50, (await client.CountAsync(new() { Kind = "blocks" }, TestContext.Current.CancellationToken))[JobState.Running]);
        release.Set();
        foreach (var job in blocked)
            Assert.Equal(JobState.Completed, (await client.WaitAsync(job.Id, null, TestContext.Current.CancellationToken).AsTask().InTime()).Job.State);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
