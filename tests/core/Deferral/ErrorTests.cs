using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Deferral;

public sealed class ErrorTests
{
    [Fact]
    public void A11_a_body_that_throws_in_time_fails_the_call_with_its_own_exception()
    {
        var store = new StoreSpy();
        using var errand = ErrandTest.Start(builder => builder.Add("broken", async Task (job) =>
        {
            await Task.Delay(Seconds(1), job.Time);
            throw new FormatException("no such colour");
        }), store);
        var result = errand.Run(client => client.CallAsync(new JobSpec("broken"), Patience(2)));
        Assert.False(result.IsPromoted);
        Assert.Equal("no such colour", Assert.Throws<FormatException>(() => result.GetResult()).Message);
        Assert.Equal(0, store.Writes);
    }

    [Fact]
    public void B_09_after_the_hand_over_the_same_error_fails_the_job()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("broken", async Task (job) =>
        {
            await Task.Delay(Seconds(3), job.Time);
            throw new FormatException("no such colour");
        }));
        var result = errand.Run(client => client.CallAsync(new JobSpec("broken"), Patience(2)));
        Assert.True(result.IsPromoted);
        var early = Assert.Throws<JobNotFinishedException>(() => result.GetResult());
        Assert.Equal(result.Job!.Id, early.JobId);
        var job = errand.End(result.Job.Id);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal(new JobError(JobErrorCodes.Exception, "FormatException: no such colour"), job.Outcome!.Error);
        var refusal = Assert.Throws<JobFailedException>(() => errand.Run(client => client.GetResultAsync(job.Id)));
        Assert.Contains("no such colour", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_bodys_own_making_keeps_its_code_and_details()
    {
        var error = new JobError("out_of_paper", "Tray 2 is empty.", Retryable: false) { Details = JobData.Parse("""{"tray":2}""") };
        using var errand = ErrandTest.Start(builder => builder.Add("print", Task (_) => throw new JobErrorException(error)));
        var called = errand.Run(client => client.CallAsync(new JobSpec("print")));
        Assert.Equal(error, Assert.Throws<JobErrorException>(() => called.GetResult()).Error);
        Assert.Equal(error, errand.End(errand.Submit(new("print")).Id).Outcome!.Error);
    }

    [Fact]
    public void An_executor_that_returns_nothing_fails_and_hangs_nobody()
    {
        using var errand = ErrandTest.Start(builder => builder.AddJob("void", _ => new ValueTask<JobOutcome>((JobOutcome)null!)));
        var called = errand.Run(client => client.CallAsync(new JobSpec("void")));
        Assert.Contains("'void' returned no outcome", called.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(JobState.Failed, errand.End(errand.Submit(new("void")).Id).State);
    }

    [Fact]
    public void A_result_that_says_it_is_an_error_is_failed_with_the_result_kept()
    {
        using var errand = ErrandTest.Start(builder => builder.AddJob("tool", async job =>
        {
            await Task.Delay(Seconds(1), job.Time);
            return JobOutcome.Failed(new("tool_error", "The tool says no."), JobData.Parse("""{"isError":true}"""));
        }));
        var job = errand.End(errand.Submit(new("tool")).Id);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal("""{"isError":true}""", job.Outcome!.Result.ToString());
    }
}
