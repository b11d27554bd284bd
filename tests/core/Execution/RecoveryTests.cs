using Errand.Testing;
using Errand.Tests.Output;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>Processes that die or freeze, and those that take over.</summary>
public sealed class RecoveryTests
{
    private readonly List<string> _lives = [];

    [Fact]
    public void J5_after_a_crash_what_is_restartable_runs_again_as_the_next_attempt()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true));
        var id = errand.Submit(Sleep(10)).Id;
        errand.Advance(Seconds(5));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        var job = next.End(id);
        Assert.Equal((JobState.Completed, 2), (job.State, job.Attempt));
        var history = next.Run(client => client.HistoryAsync(id));
        Assert.Contains(history, line => line.Name == JobEvents.Adopted && line.Detail!.Contains("which was gone", StringComparison.Ordinal));
    }

    [Fact]
    public void C7_after_a_crash_what_cannot_go_on_ends_interrupted_and_says_what_happened_and_what_to_do()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("once", async job =>
        {
            job.Log("half of it");
            await Task.Delay(Seconds(60), job.Time);
        }));
        var submitted = errand.Time.GetUtcNow();
        var id = errand.Submit(new("once")).Id;
        errand.Advance(Seconds(5));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        var job = next.End(id);
        Assert.Equal((JobState.Failed, 1), (job.State, job.Attempt));
        var error = job.Outcome!.Error!;
        Assert.Equal(JobErrorCodes.Interrupted, error.Code);
        Assert.Contains("is gone", error.Message, StringComparison.Ordinal);
        Assert.Contains($"since {submitted:u}", error.Message, StringComparison.Ordinal);
        Assert.Contains("output up to then is kept", error.Message, StringComparison.Ordinal);
        Assert.Contains("Submit it again", error.Message, StringComparison.Ordinal);
        Assert.Equal("half of it\n", next.OutputOf(id));
    }

    [Fact]
    public void J5_an_executor_that_can_goes_on_from_its_checkpoint_in_the_same_attempt()
    {
        using var errand = ErrandTest.Start(builder => builder.AddKind(new("remote", _ => new RemoteWork(_lives))));
        var id = errand.Submit(new("remote")).Id;
        errand.Advance(Seconds(5));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        var job = next.End(id);
        Assert.Equal((JobState.Completed, 1), (job.State, job.Attempt));
        Assert.Equal(["began", "went on from 42"], _lives);
    }

    [Fact]
    public void J9_the_next_attempt_goes_on_from_the_last_checkpoint_after_a_crash_and_after_a_failure()
    {
        List<string> steps = [];
        using var errand = ErrandTest.Start(builder => builder.Add("steps", async Task (job) =>
        {
            int done = job.Checkpoint.IsNone ? 0 : job.Checkpoint.ToElement().GetInt32();
            for (int step = done + 1; step <= 6; step++)
            {
                await Task.Delay(Seconds(2), job.Time);
                steps.Add($"{step}@{job.Attempt}");
                await job.SaveCheckpointAsync(JobData.Parse($"{step}"));
                if (step == 2) throw new InvalidOperationException("stumbled");
            }
        }, kind =>
        {
            kind.Restartable = true;
            kind.Retry = new() { MaxRetries = 1 };
        }));
        var id = errand.Submit(new("steps")).Id;
        errand.Advance(Seconds(10));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        var job = next.End(id);
        Assert.Equal((JobState.Completed, 3), (job.State, job.Attempt));
        Assert.Equal(["1@1", "2@1", "3@2", "4@2", "5@3", "6@3"], steps);
    }

    [Fact]
    public void J5_nothing_stays_running_that_is_not()
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep(kind => kind.Restartable = true)
            .Add("once", job => Task.Delay(Seconds(20), job.Time))
            .Add("asks", async job => $"{await job.AskAsync(JobData.Parse("1"))}"));
        errand.Run(client => client.SubmitAsync([Sleep(20), new("once"), new("asks"), Sleep(20) with { Session = "s" }, Sleep(1) with { Session = "s" }]));
        errand.Advance(Seconds(5));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        next.Advance(Minutes(2));
        var counts = next.Run(client => client.CountAsync(new()));
        Assert.Equal((0, 0, 0, 3, 2), (counts[JobState.Running], counts[JobState.Queued], counts[JobState.Waiting], counts[JobState.Completed], counts[JobState.Failed]));
    }

    [Fact]
    public void A_job_that_ran_again_asks_the_same_question_and_finds_the_answer_it_was_given()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job =>
        {
            var answer = await job.AskAsync(JobData.Parse("\"colour?\""));
            await Task.Delay(Seconds(10), job.Time);
            return answer.ToString();
        }, kind => kind.Restartable = true));
        var id = errand.Submit(new("asks")).Id;
        errand.Advance(Seconds(1));
        errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("\"red\""), "ann"));
        errand.Advance(Seconds(1));
        errand.Node.Kill();
        using var next = errand.StartAnother();
        Assert.Equal("\"red\"", next.End(id).Outcome!.Result.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B_40_a_runner_that_was_frozen_past_its_lease_cannot_complete_a_job_that_another_has_taken_over(bool large)
    {
        string padding = large ? new string('x', 5000) : "";
        using var errand = ErrandTest.Start(builder => builder
            .Add("work", async job =>
            {
                await Task.Delay(Seconds(10), job.Time);
                return $"\"{job.Attempt}{padding}\"";
            }, kind => kind.Restartable = true)
            .Configure(options => options.MaxInlineResultBytes = 1000));
        using var other = errand.StartAnother();
        var id = errand.Submit(new("work")).Id;
        errand.Advance(Seconds(5));
        errand.Node.Freeze();
        errand.Advance(Seconds(40));
        var job = other.End(id);
        errand.Node.Thaw();
        errand.Advance(Seconds(40));
        Assert.Equal((JobState.Completed, 2), (job.State, job.Attempt));
        Assert.Equal(job, other.Get(id));
        Assert.Equal($"\"2{padding}\"", other.Run(client => client.GetResultAsync(id)).ToString());
    }

    [Fact]
    public void B_40_nor_append_output_that_is_no_longer_its_own()
    {
        // Whether it first hears that it is late or first goes on with its work is a chance.
        for (int seed = 1; seed <= 20; seed++)
        {
            // In files, as two processes would share it.
            using var folder = new TemporaryFolder();
            using var errand = ErrandTest.Start(builder => builder.AddKind(new("talks", _ => new TalkingWork())).UseOutputFolder(folder.Path), seed: seed);
            using var other = errand.StartAnother();
            var id = errand.Submit(new("talks")).Id;
            errand.Advance(Seconds(5));
            errand.Node.Freeze();
            errand.Advance(Seconds(40));
            errand.Node.Thaw();
            errand.Advance(Seconds(5));
            Assert.Equal(JobState.Running, other.Get(id).State);
            Assert.Equal(JobState.Completed, other.End(id).State);
            // It was in the same attempt that the other went on: one log for both.
            Assert.Equal("began\nwent on\n", other.OutputOf(id));
        }
    }

    [Fact]
    public void What_is_written_while_the_store_is_away_is_kept_for_when_it_is_back()
    {
        var store = new StoreSpy();
        using var errand = ErrandTest.Start(builder => builder.Add("talks", async job =>
        {
            for (int second = 0; second < 60; second++)
            {
                job.Log($"{second}");
                await Task.Delay(Seconds(1), job.Time);
            }
        }), store);
        var id = errand.Submit(new("talks")).Id;
        errand.Advance(Seconds(5));
        store.IsAway = true;
        errand.Advance(Seconds(40));
        store.IsAway = false;
        Assert.Equal(JobState.Completed, errand.End(id).State);
        Assert.Equal(string.Concat(Enumerable.Range(0, 60).Select(second => $"{second}\n")), errand.OutputOf(id));
    }

    [Fact]
    public void B_40_a_runner_that_was_frozen_for_less_than_its_lease_goes_on()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Restartable = true));
        using var other = errand.StartAnother();
        var id = errand.Submit(Sleep(20)).Id;
        errand.Advance(Seconds(5));
        errand.Node.Freeze();
        errand.Advance(Seconds(8));
        errand.Node.Thaw();
        var job = other.End(id);
        Assert.Equal((JobState.Completed, 1), (job.State, job.Attempt));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void B_46_a_jump_of_the_clock_expires_no_lease(int minutes)
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        using var other = errand.StartAnother();
        var running = errand.Submit(Sleep(30)).Id;
        errand.Advance(Seconds(5));
        errand.Time.WallClockOffset += Minutes(minutes);
        errand.Advance(Seconds(20));
        other.Time.WallClockOffset += Minutes(minutes);
        errand.Advance(Seconds(15));
        Assert.Equal((JobState.Completed, 1), (errand.Get(running).State, errand.Get(running).Attempt));
        Assert.DoesNotContain(JobEvents.Adopted, errand.History(running));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void B_46_a_jump_of_the_clock_starves_no_schedule(int minutes)
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var scheduled = errand.Submit(Sleep(1) with { RunAt = errand.Time.GetUtcNow() + Seconds(20) }).Id;
        errand.Advance(Seconds(5));
        errand.Time.WallClockOffset += Minutes(minutes);
        errand.Advance(Seconds(17));
        Assert.Equal(JobState.Completed, errand.Get(scheduled).State);
        Assert.Equal(JobState.Completed, errand.End(errand.Submit(Sleep(1)).Id).State);
    }

    /// <summary>Work elsewhere that goes on without its process.</summary>
    private sealed class RemoteWork(List<string> lives) : IJobExecutor
    {
        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            lives.Add("began");
            await job.SaveCheckpointAsync(JobData.Parse("42"));
            await Task.Delay(Hours(1), job.Time);
            return JobOutcome.Completed();
        }

        public async ValueTask<JobOutcome> ResumeAsync(JobContext job)
        {
            lives.Add($"went on from {job.Checkpoint}");
            await Task.Delay(Seconds(3), job.Time);
            return JobOutcome.Completed();
        }
    }

    /// <summary>Work that says something when it begins, and again and again.</summary>
    private sealed class TalkingWork : IJobExecutor
    {
        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            job.Log("began");
            await Task.Delay(Seconds(20), job.Time);
            job.Log("says the one that was frozen");
            return JobOutcome.Completed();
        }

        public async ValueTask<JobOutcome> ResumeAsync(JobContext job)
        {
            // Says nothing for a while: no word of its own in the log keeps the other one from it.
            await Task.Delay(Seconds(60), job.Time);
            job.Log("went on");
            return JobOutcome.Completed();
        }
    }
}
