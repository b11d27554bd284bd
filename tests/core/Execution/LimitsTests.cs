using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

public sealed class LimitsTests
{
    [Fact]
    public void B_25_the_execution_limit_fails_the_job_with_timeout_and_says_how_long_it_ran()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Limits = new() { WallTime = Seconds(5) }));
        var job = errand.End(errand.Submit(Sleep(60)).Id);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal(JobErrorCodes.Timeout, job.Outcome!.Error!.Code);
        Assert.Contains("It ran for 5 s, past its limit of 5 s", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Contains("longer limit", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Null(job.CancelRequest);
    }

    [Fact]
    public void B_25_what_a_job_returns_after_its_limit_does_not_count()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("late", async job =>
        {
            await Task.Delay(Seconds(7.5), job.Time);
            return "1";
        }, kind => kind.Limits = new() { WallTime = Seconds(5) }));
        var job = errand.End(errand.Submit(new("late")).Id);
        Assert.Equal(JobErrorCodes.Timeout, job.Outcome!.Error!.Code);
        Assert.Contains("It ran for 7.5 s", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.True(job.Outcome.Result.IsNone);
    }

    [Fact]
    public void B_25_a_jobs_own_timeout_is_its_own_failure()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("own", Task (_) => throw new TimeoutException("the database did not answer")));
        var job = errand.End(errand.Submit(new("own")).Id);
        Assert.Equal(new JobError(JobErrorCodes.Exception, "TimeoutException: the database did not answer"), job.Outcome!.Error);
    }

    [Fact]
    public void B_25_an_inline_call_past_its_limit_fails_with_timeout()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep(kind => kind.Limits = new() { WallTime = Seconds(5) }));
        var result = errand.Run(client => client.CallAsync(Sleep(60)));
        Assert.Equal((JobState.Failed, JobErrorCodes.Timeout), (result.Outcome!.State, result.Outcome.Error!.Code));
    }

    [Fact]
    public void H6_the_spec_outdoes_the_kind_and_the_kind_the_default_of_five_minutes()
    {
        using var errand = ErrandTest.Start(builder => builder
            .AddSleep()
            .Add("kind", job => Task.Delay(Hours(1), job.Time, job.CancellationToken), kind => kind.Limits = new() { WallTime = Minutes(2) })
            .Add("free", job => Task.Delay(Hours(1), job.Time, job.CancellationToken), kind => kind.Limits = JobLimits.None));
        Assert.Equal(Minutes(5), LimitOf(Sleep(3600)));
        Assert.Equal(Minutes(2), LimitOf(new("kind")));
        Assert.Equal(Minutes(1), LimitOf(new JobSpec("kind") { Limits = new() { WallTime = Minutes(1) } }));
        Assert.Equal(Hours(1), LimitOf(new("free")));

        TimeSpan LimitOf(JobSpec spec) => errand.End(errand.Submit(spec).Id) is var job ? job.FinishedAt!.Value - job.StartedAt!.Value : default;
    }

    [Fact]
    public void H6_the_limit_counts_each_attempt_from_its_start()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("thrice", async Task (job) =>
        {
            await Task.Delay(Seconds(4), job.Time, job.CancellationToken);
            if (job.Attempt < 3) throw new InvalidOperationException("not yet");
        }, kind =>
        {
            kind.Limits = new() { WallTime = Seconds(5) };
            kind.Retry = new() { MaxRetries = 2 };
        }));
        var job = errand.End(errand.Submit(new("thrice")).Id);
        Assert.Equal((JobState.Completed, 3), (job.State, job.Attempt));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void H6_output_past_its_limit_fails_the_job_whatever_it_then_returns(bool listens)
    {
        using var errand = ErrandTest.Start(builder => Talking(builder, listens));
        var job = errand.End(errand.Submit(new JobSpec("talks") { Limits = new() { OutputBytes = 1000 } }).Id);
        Assert.Equal((JobState.Failed, JobErrorCodes.LimitOutput, false), (job.State, job.Outcome!.Error!.Code, job.Outcome.Error.Retryable));
        Assert.Contains("It wrote 1,008 bytes of output, past its limit of 1,000", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Contains("larger limit", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal((Seconds(126), 1008), (job.FinishedAt!.Value - job.StartedAt!.Value, job.Outcome.Output!.Bytes));
    }

    [Fact]
    public void H6_output_up_to_its_limit_is_no_harm()
    {
        using var errand = ErrandTest.Start(builder => Talking(builder, listens: true));
        var job = errand.End(errand.Submit(new JobSpec("talks") { Limits = new() { OutputBytes = 1008 } }).Id);
        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    public void H6_a_call_that_writes_too_much_fails_in_its_callers_patience_too()
    {
        using var errand = ErrandTest.Start(builder => Talking(builder, listens: true));
        var result = errand.Run(client => client.CallAsync(new JobSpec("talks") { Limits = new() { OutputBytes = 80 } }));
        Assert.Equal((JobState.Failed, JobErrorCodes.LimitOutput), (result.Outcome!.State, result.Outcome.Error!.Code));
    }

    [Fact]
    public void H6_work_that_does_not_listen_is_left_behind_after_its_grace()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("deaf", job =>
        {
            job.Log("too much");
            return Task.Delay(Hours(1), job.Time);
        }));
        var job = errand.End(errand.Submit(new JobSpec("deaf") { Limits = new() { OutputBytes = 1 } }).Id);
        Assert.Equal((JobErrorCodes.LimitOutput, Seconds(5)), (job.Outcome!.Error!.Code, job.FinishedAt!.Value - job.StartedAt!.Value));
    }

    private static void Talking(ErrandBuilder builder, bool listens) => builder.Add("talks", async job =>
    {
        for (int line = 0; line < 126 && !(listens && job.StopReason == StopReason.OutputLimit); line++)
        {
            job.Log("1234567");
            await Task.Delay(Seconds(1), job.Time);
        }
    });

    [Fact]
    public void The_time_in_which_a_job_waits_for_input_does_not_count()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("asks", async job =>
        {
            await Task.Delay(Seconds(3), job.Time, job.CancellationToken);
            await job.AskAsync(JobData.Parse("1"));
            await Task.Delay(Hours(1), job.Time, job.CancellationToken);
        }, kind => kind.Limits = new() { WallTime = Seconds(5) }));
        var id = errand.Submit(new("asks")).Id;
        errand.Advance(Minutes(30));
        Assert.Equal(JobState.Waiting, errand.Get(id).State);
        errand.Run(client => client.AnswerAsync(id, "1", JobData.Parse("true"), "ann"));
        var answered = errand.World.Elapsed;
        var job = errand.End(id);
        Assert.Contains("It ran for 5 s", job.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(Seconds(2), errand.World.Elapsed - answered);
    }
}
