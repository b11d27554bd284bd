using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>Work that goes on when its process ends.</summary>
public sealed class OutlivingTests
{
    private readonly List<string> _lives = [];
    private readonly StoreSpy _store = new();

    [Fact]
    public void S3_a_stopping_host_does_not_wait_for_work_that_outlives_it_and_the_next_one_goes_on_with_it()
    {
        using var errand = Start();
        var id = errand.Submit(new("remote")).Id;
        errand.Advance(Seconds(5));
        int writes = _store.Writes;
        errand.Stop();
        Assert.Equal(Seconds(5), errand.World.Elapsed);
        Assert.Equal(writes, _store.Writes);
        var left = errand.Get(id);
        Assert.Equal((JobPhase.Running, 1), (left.Phase, left.Attempt));
        using var next = errand.StartAnother();
        var job = next.End(id);
        Assert.Equal((JobState.Completed, 1), (job.State, job.Attempt));
        Assert.Equal(["began", "was told ShuttingDown", "went on"], _lives);
        Assert.Contains(JobEvents.Adopted, next.History(id));
    }

    [Fact]
    public void S3_a_call_of_it_is_handed_over_first_so_that_its_caller_has_the_id()
    {
        using var errand = Start();
        var call = errand.Begin(client => client.CallAsync(new("remote")));
        errand.Advance(Seconds(5));
        Assert.Equal(0, _store.Writes);
        errand.Stop();
        Assert.Equal(Seconds(5), errand.World.Elapsed);
        var id = call.Answer.Job!.Id;
        Assert.Equal((JobPhase.Running, true), (errand.Get(id).Phase, errand.Get(id).PromotedAt is not null));
        using var next = errand.StartAnother();
        Assert.Equal(JobState.Completed, next.End(id).State);
    }

    [Fact]
    public void S3_a_call_that_the_store_does_not_take_is_left_too_and_its_caller_told_so()
    {
        using var errand = Start();
        var call = errand.Begin(client => client.CallAsync(new("remote")));
        errand.Advance(Seconds(5));
        _store.IsAway = true;
        errand.Stop();
        Assert.True(errand.World.Elapsed <= Seconds(5 + 5), $"{errand.World.Elapsed}");
        Assert.Contains("do not submit it again", Assert.Throws<ShuttingDownException>(() => call.Answer).Message, StringComparison.Ordinal);
        Assert.Equal(["began", "was told ShuttingDown"], _lives);
    }

    [Fact]
    public void S3_what_else_runs_still_has_its_time_and_work_that_does_not_let_go_has_only_its_grace()
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep()
            .Add("deaf", job => Task.Delay(Hours(1), job.Time), kind => kind.Outlives = true), _store);
        var deaf = errand.Submit(new("deaf")).Id;
        errand.Advance(Seconds(1));
        errand.Stop();
        Assert.Equal(Seconds(1 + 5), errand.World.Elapsed);
        Assert.Equal(JobPhase.Running, errand.Get(deaf).Phase);
        Assert.DoesNotContain(JobEvents.Abandoned, errand.History(deaf));
        using var other = errand.StartAnother();
        var sleep = other.Submit(Sleep(20)).Id;
        other.Stop();
        Assert.Equal(JobState.Completed, other.Get(sleep).State);
    }

    [Fact]
    public void S3_a_cancel_that_is_under_way_ends_in_time_or_is_gone_on_with_by_the_next()
    {
        using var errand = Start();
        var quick = errand.Submit(new("slow-stop", JobData.Parse("3"))).Id;
        var slow = errand.Submit(new("slow-stop", JobData.Parse("60"))).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(quick, "ann"));
        errand.Run(client => client.CancelAsync(slow, "ann"));
        errand.Stop();
        Assert.Equal((JobPhase.Cancelled, JobPhase.RunningCancelling), (errand.Get(quick).Phase, errand.Get(slow).Phase));
        using var next = errand.StartAnother();
        Assert.Equal(JobState.Cancelled, next.End(slow).State);
    }

    [Fact]
    public void J5_after_a_crash_it_is_resumed_even_where_it_could_run_again()
    {
        using var errand = Start(work => work.Restartable = true);
        var id = errand.Submit(new("remote")).Id;
        errand.Advance(Seconds(5));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        Assert.Equal((JobState.Completed, 1), (next.End(id).State, next.Get(id).Attempt));
        Assert.Equal(["began", "went on"], _lives);
    }

    [Fact]
    public void H6_the_limit_counts_on_while_no_process_looks_after_the_work()
    {
        using var errand = Start(work => work.Limits = new() { WallTime = Seconds(30) });
        var first = errand.Submit(new("endless")).Id;
        errand.Advance(Seconds(10));
        errand.Stop();
        errand.Advance(Seconds(5));
        using var next = errand.StartAnother();
        var job = next.End(first);
        Assert.Equal((JobErrorCodes.Timeout, Seconds(30)), (job.Outcome!.Error!.Code, job.FinishedAt - job.StartedAt));
        Assert.Contains("It ran for 30 s", job.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void H6_a_limit_that_is_past_by_then_strikes_at_once()
    {
        using var errand = Start(work => work.Limits = new() { WallTime = Seconds(30) });
        var first = errand.Submit(new("endless")).Id;
        errand.Advance(Seconds(10));
        errand.Stop();
        errand.Advance(Minutes(10));
        using var next = errand.StartAnother();
        next.RunToIdle();
        var job = next.Get(first);
        Assert.Equal(JobErrorCodes.Timeout, job.Outcome!.Error!.Code);
        Assert.Equal(["began", "was told ShuttingDown", "went on", "was told TimedOut"], _lives);
    }

    private ErrandTest Start(Action<JobKind>? configure = null) => ErrandTest.Start(builder =>
    {
        foreach (var (name, work) in new[] { ("remote", Seconds(3)), ("endless", Hours(1)) })
        {
            var kind = new JobKind(name, _ => new RemoteWork(_lives, work)) { Outlives = true };
            configure?.Invoke(kind);
            builder.AddKind(kind);
        }
        builder.AddJob("slow-stop", async job =>
        {
            await Until(job.CancellationToken);
            await Task.Delay(Seconds(job.Input.ToElement().GetDouble()), job.Time);
            return JobOutcome.Cancelled;
        }, kind => kind.Outlives = true);
    }, _store);

    private static async Task Until(CancellationToken stop)
    {
        var told = new TaskCompletionSource();
        using var registration = stop.Register(told.SetResult);
        await told.Task;
    }

    /// <summary>Work elsewhere that its executor only looks after.</summary>
    private sealed class RemoteWork(List<string> lives, TimeSpan left) : IJobExecutor
    {
        public ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            lives.Add("began");
            return FollowAsync(job, Hours(1));
        }

        public ValueTask<JobOutcome> ResumeAsync(JobContext job)
        {
            lives.Add("went on");
            return FollowAsync(job, left);
        }

        private async ValueTask<JobOutcome> FollowAsync(JobContext job, TimeSpan time)
        {
            try { await Task.Delay(time, job.Time, job.CancellationToken); }
            catch (OperationCanceledException)
            {
                lives.Add($"was told {job.StopReason}");
                throw;
            }
            return JobOutcome.Completed();
        }
    }
}
