using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>What becomes of a job, whoever looks, whoever interferes.</summary>
public sealed class StatesTests
{
    [Fact]
    public void B_14_state_and_end_are_set_when_the_work_ends_and_not_when_somebody_polls()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var submitted = errand.Time.GetUtcNow();
        var id = errand.Submit(Sleep(5)).Id;
        errand.Advance(Minutes(10));
        var job = errand.Get(id);
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(submitted + Seconds(5), job.FinishedAt);
    }

    [Fact]
    public void B2_a_job_is_queued_then_running_then_waiting_then_ends()
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("ask", async job => $"[{await job.AskAsync(JobData.Parse("\"which?\""))}]")
            .AddSleep()
            .Configure(options => options.Slots = 1));
        errand.Submit(Sleep(10));
        var id = errand.Submit(new("ask")).Id;
        Assert.Equal(JobState.Queued, errand.Get(id).State);
        errand.Advance(Seconds(10));
        var waiting = errand.Get(id);
        Assert.Equal(JobState.Waiting, waiting.State);
        errand.Run(client => client.AnswerAsync(id, waiting.Inputs[0].Key, JobData.Parse("2"), "ann"));
        var job = errand.End(id);
        Assert.Equal((JobState.Completed, "[2]"), (job.State, job.Outcome!.Result.ToString()));
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("2", "1")]
    public void A_job_that_asks_twice_at_once_waits_until_both_are_answered(string first, string second)
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("ask", async job =>
            {
                var answers = await Task.WhenAll(job.AskAsync(JobData.Parse("\"this?\"")).AsTask(), job.AskAsync(JobData.Parse("\"that?\"")).AsTask());
                await Task.Delay(Seconds(3), job.Time, job.CancellationToken);
                return $"[{answers[0]}, {answers[1]}]";
            }, kind => kind.Limits = new() { WallTime = Seconds(5) })
            .AddSleep()
            .Configure(options => options.Slots = 1));
        var id = errand.Submit(new("ask")).Id;
        errand.RunToIdle();
        errand.Run(client => client.AnswerAsync(id, first, JobData.Parse(first), "ann"));
        // Neither its clock nor a slot is needed before the second answer.
        errand.Advance(Hours(1));
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
        Assert.Equal(JobState.Waiting, errand.Get(id).State);
        errand.Run(client => client.AnswerAsync(id, second, JobData.Parse(second), "ann"));
        var answered = errand.World.Elapsed;
        var job = errand.End(id);
        Assert.Equal((JobState.Completed, "[1, 2]"), (job.State, job.Outcome!.Result.ToString()));
        Assert.Equal(Seconds(3), errand.World.Elapsed - answered);
    }

    [Fact]
    public void B2_the_first_end_wins_and_never_changes()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var job = errand.End(errand.Submit(Sleep(1)).Id);
        Assert.Equal(StopAnswer.AlreadyFinished, errand.Run(client => client.CancelAsync(job.Id, "ann")).Answer);
        Assert.Equal(StopAnswer.AlreadyFinished, errand.Run(client => client.KillAsync(job.Id, "ann")).Answer);
        errand.Advance(Minutes(1));
        Assert.Equal(job, errand.Get(job.Id));
    }

    [Fact]
    public void B4_asked_to_cancel_is_not_cancelled_until_the_work_has_ended()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("slow-to-stop", Stubborn(Seconds(3))));
        var id = errand.Submit(new("slow-to-stop")).Id;
        errand.RunToIdle();
        Assert.Equal(StopAnswer.Cancelling, errand.Run(client => client.CancelAsync(id, "ann")).Answer);
        errand.Advance(Seconds(2));
        var asked = errand.Get(id);
        Assert.Equal(JobState.Running, asked.State);
        Assert.Equal("ann", asked.CancelRequest!.By);
        var job = errand.End(id);
        Assert.Equal(JobState.Cancelled, job.State);
        Assert.Equal(asked.CancelRequest.At + Seconds(3), job.FinishedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B_24_what_ignores_its_token_and_returns_stays_cancelled_and_its_value_is_kept_nowhere(bool large)
    {
        using var errand = ErrandTest.Start(builder => builder
            .Add("deaf", async job =>
            {
                await Task.Delay(Seconds(10), job.Time);
                return large ? $"\"{new string('x', 5000)}\"" : "\"secret\"";
            })
            .Configure(options => options.MaxInlineResultBytes = 1000));
        var id = errand.Submit(new("deaf")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.CancelAsync(id, "ann"));
        var job = errand.End(id);
        Assert.Equal(JobState.Cancelled, job.State);
        Assert.True(job.Outcome!.Result.IsNone);
        Assert.Null(job.Outcome.LargeResultBytes);
        Assert.Throws<JobFailedException>(() => errand.Run(client => client.GetResultAsync(id)));
        var output = errand.Services.GetRequiredService<IOutputLog>();
        Assert.True(errand.Run(_ => output.ReadResultAsync(id, 1)).IsNone);
    }

    [Fact]
    public void B_28_a_wanted_cancel_is_never_shown_as_a_failure()
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep()
            .Add("bursts", async Task (job) =>
            {
                try { await Task.Delay(Hours(1), job.Time, job.CancellationToken); }
                catch (OperationCanceledException) { throw new InvalidOperationException("burst on the way out"); }
            }, kind => kind.Retry = new() { MaxRetries = 5 }));
        foreach (var spec in new[] { Sleep(100), new JobSpec("bursts") })
        {
            var id = errand.Submit(spec).Id;
            errand.Advance(Seconds(1));
            errand.Run(client => client.CancelAsync(id, "ann"));
            var job = errand.End(id);
            Assert.Equal(JobState.Cancelled, job.State);
            Assert.Null(job.Outcome!.Error);
            Assert.Equal(1, job.Attempt);
        }
    }

    [Fact]
    public void B_28_a_failure_is_never_shown_as_a_wanted_cancel()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("gives-up", Task (_) => throw new OperationCanceledException("a library gave up")));
        var job = errand.End(errand.Submit(new("gives-up")).Id);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal(JobErrorCodes.Exception, job.Outcome!.Error!.Code);
        Assert.Null(job.CancelRequest);
    }

    [Fact]
    public void B5_the_outcome_comes_with_proof()
    {
        var proven = JobOutcome.Failed(new("exit_code", "It exited with 3.") { Details = JobData.Parse("{}") }) with { ExitCode = 3, Signal = "SIGPIPE" };
        using var errand = ErrandTest.Start(builder => builder.AddJob("proves", job =>
        {
            job.Log("hello");
            return new(proven);
        }));
        var job = errand.End(errand.Submit(new("proves")).Id);
        Assert.Equal(proven, job.Outcome! with { Output = null });
        Assert.Equal(6, job.Outcome.Output!.Bytes);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("hello\n"u8)), job.Outcome.Output.Sha256, ignoreCase: true);
    }

    [Fact]
    public void B1_a_job_tells_all_about_itself()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var parent = errand.Submit(Sleep(100)).Id;
        var spec = Sleep(2) with
        {
            Title = "A nap", Owner = "ann", Agent = "claude", Session = "s1", Priority = 3, Tags = ["a", "b"], Parent = parent,
            Metadata = new Dictionary<string, string> { ["k"] = "v" }, Limits = new() { WallTime = Seconds(9) }, Retry = new() { MaxRetries = 1 },
        };
        var began = errand.Time.GetUtcNow();
        var id = errand.Submit(spec).Id;
        errand.Advance(Seconds(1));
        var job = errand.Get(id);
        Assert.Equal(spec, job.Spec with { TraceParent = spec.TraceParent });
        Assert.Equal((1, began, began, began), (job.Attempt, job.CreatedAt, job.ScheduledAt, job.StartedAt!.Value));
        var ended = errand.End(id);
        Assert.Equal((began + Seconds(2), began + Seconds(2), JobState.Completed), (ended.FinishedAt!.Value, ended.LastActivityAt, ended.Outcome!.State));
    }

    /// <summary>A body that goes on for a while after it was told to stop.</summary>
    private static Func<JobContext, Task> Stubborn(TimeSpan after) => async job =>
    {
        try { await Task.Delay(Hours(1), job.Time, job.CancellationToken); }
        catch (OperationCanceledException) { await Task.Delay(after, job.Time); }
    };
}
