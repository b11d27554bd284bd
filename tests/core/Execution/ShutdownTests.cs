using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

public sealed class ShutdownTests
{
    private readonly StoreSpy _store = new();

    [Fact]
    public void B_45_submit_after_shutdown_began_is_refused_with_a_reason()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var ended = errand.End(errand.Submit(Sleep(1)).Id);
        errand.Submit(Sleep(20));
        var stop = errand.Begin(async _ =>
        {
            await StopAsync(errand);
            return true;
        });
        Assert.False(stop.HasEnded);
        Refused(client => client.SubmitAsync(Sleep(1)));
        Refused(client => client.SubmitAsync([Sleep(1)]));
        Refused(client => client.CallAsync(Sleep(1)));
        errand.Advance(Seconds(60));
        Assert.True(stop.HasEnded);
        Refused(client => client.SubmitAsync(Sleep(1)));
        // Looking is no work.
        Assert.Equal(ended, errand.Get(ended.Id));

        void Refused<T>(Func<IJobClient, ValueTask<T>> call)
        {
            var refusal = Assert.Throws<ShuttingDownException>(() => errand.Run(call));
            Assert.Contains("shutting down", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Submit again", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void S3_what_ends_in_time_completes_and_nothing_more_is_taken()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Configure(options => options.Slots = 1));
        var running = errand.Submit(Sleep(20)).Id;
        var queued = errand.Submit(Sleep(1)).Id;
        errand.Advance(Seconds(1));
        errand.Stop();
        Assert.Equal(Seconds(20), errand.World.Elapsed);
        Assert.Equal((JobState.Completed, JobState.Queued), (errand.Get(running).State, errand.Get(queued).State));
        using var next = errand.StartAnother();
        Assert.Equal(JobState.Completed, next.End(queued).State);
    }

    [Fact]
    public void B_54_after_lingering_the_rest_ends_interrupted_and_restartable_ones_run_again_at_the_next_start()
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep(kind => kind.Restartable = true)
            .Add("once", job => Task.Delay(Hours(1), job.Time, job.CancellationToken))
            .Add("deaf", job => Task.Delay(Hours(1), job.Time)));
        var restartable = errand.Submit(Sleep(120)).Id;
        var once = errand.Submit(new("once")).Id;
        var deaf = errand.Submit(new("deaf")).Id;
        errand.Advance(Seconds(1));
        errand.Stop();
        // Thirty seconds of lingering, and the grace for the deaf one.
        Assert.Equal(Seconds(1 + 30 + 5), errand.World.Elapsed);
        Assert.Equal((JobState.Queued, 1), (errand.Get(restartable).State, errand.Get(restartable).Attempt));
        foreach (var id in new[] { once, deaf })
        {
            var error = errand.Get(id).Outcome!.Error!;
            Assert.Equal(JobErrorCodes.Interrupted, error.Code);
            Assert.Contains("shut down", error.Message, StringComparison.Ordinal);
            Assert.Contains("Submit it again", error.Message, StringComparison.Ordinal);
        }
        using var next = errand.StartAnother();
        var job = next.End(restartable);
        Assert.Equal((JobState.Completed, 2), (job.State, job.Attempt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S3_what_waits_for_input_does_not_hold_it_up(bool asksWhileStopping)
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job =>
        {
            if (asksWhileStopping) await Task.Delay(Seconds(3), job.Time);
            return $"{await job.AskAsync(JobData.Parse("1"))}";
        }));
        var id = errand.Submit(new("asks")).Id;
        errand.Advance(Seconds(1));
        errand.Stop();
        Assert.True(errand.World.Elapsed <= Seconds(3), $"{errand.World.Elapsed}");
        Assert.Equal(JobErrorCodes.Interrupted, errand.Get(id).Outcome!.Error!.Code);
    }

    [Fact]
    public void S3_an_inline_call_is_answered_before_the_process_goes()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), _store);
        var quick = errand.Begin(client => client.CallAsync(Sleep(10)));
        var endless = errand.Begin(client => client.CallAsync(Sleep(200)));
        errand.Stop();
        Assert.Equal("10", quick.Answer.GetResult().ToString());
        Assert.Equal(JobErrorCodes.Interrupted, endless.Answer.Outcome!.Error!.Code);
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void S3_a_call_whose_patience_ends_while_the_process_stops_is_not_handed_over()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), _store);
        var call = errand.Begin(client => client.CallAsync(Sleep(20), Patience(5)));
        errand.Stop();
        Assert.Equal("20", call.Answer.GetResult().ToString());
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void S3_a_stop_ends_within_its_limit_though_the_store_is_away()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true), _store);
        var id = errand.Submit(Sleep(200)).Id;
        errand.Advance(Seconds(1));
        _store.IsAway = true;
        errand.Stop();
        Assert.True(errand.World.Elapsed <= Seconds(1 + 30 + 5 + 5), $"{errand.World.Elapsed}");
        _store.IsAway = false;
        errand.Node.Kill();
        using var next = errand.StartAnother();
        Assert.Equal(JobState.Completed, next.End(id).State);
    }

    [Fact]
    public void S3_a_host_that_is_in_a_hurry_does_not_linger()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("deaf", job => Task.Delay(Hours(1), job.Time)));
        var id = errand.Submit(new("deaf")).Id;
        errand.Advance(Seconds(1));
        using var hurry = new CancellationTokenSource();
        hurry.Cancel();
        errand.Run(_ => StopAsync(errand, hurry.Token));
        Assert.Equal(Seconds(1 + 5), errand.World.Elapsed);
        Assert.Equal(JobErrorCodes.Interrupted, errand.Get(id).Outcome!.Error!.Code);
    }

    [Fact]
    public void Others_need_not_wait_for_the_lease_of_one_that_has_left()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(), _store);
        errand.Submit(Sleep(1));
        errand.Stop();
        Assert.Equal(1, _store.Count("lapse"));
    }

    private static async ValueTask StopAsync(ErrandTest errand, CancellationToken hurry = default)
    {
        foreach (var hosted in (IEnumerable<Microsoft.Extensions.Hosting.IHostedService>)errand.Services.GetService(typeof(IEnumerable<Microsoft.Extensions.Hosting.IHostedService>))!)
            await hosted.StopAsync(hurry);
    }
}
