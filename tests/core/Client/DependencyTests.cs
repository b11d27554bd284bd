using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>I2: jobs that start after others.</summary>
public sealed class DependencyTests
{
    [Fact]
    public void I2_a_job_starts_once_the_one_before_it_has_completed()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var first = errand.Submit(Sleep(60));
        var second = errand.Submit(Sleep(1) with { After = [JobDependency.OnSuccess(first.Id)] });
        Assert.Equal((JobHolds.Parents, 1), (second.Holds, second.PendingParents));
        errand.Advance(Seconds(30));
        var why = errand.Run(client => client.StatusAsync(second.Id)).WaitingFor!;
        Assert.Equal(JobWaitReasons.Dependency, why.Reason);
        Assert.Contains(first.Id.ToString(), why.Detail, StringComparison.Ordinal);
        var ended = errand.End(second.Id);
        Assert.Equal(JobState.Completed, ended.State);
        Assert.True(ended.StartedAt >= errand.Get(first.Id).FinishedAt);
    }

    [Theory]
    [InlineData(false, JobState.Failed, JobErrorCodes.DependencyFailed)]
    [InlineData(true, JobState.Completed, null)]
    public void I2_a_failure_reaches_those_after_it_unless_any_end_will_do(bool onAnyEnd, JobState expected, string? code)
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Add("fail", _ => throw new InvalidOperationException("no")));
        var first = errand.Submit(new("fail") { RunAt = errand.Time.GetUtcNow() + Seconds(5) });
        var second = errand.Submit(Sleep(1) with { After = [new(first.Id, onAnyEnd)] });
        var third = errand.Submit(Sleep(1) with { After = [JobDependency.OnSuccess(second.Id)] });
        Assert.Equal((expected, code), (errand.End(second.Id).State, errand.Get(second.Id).Outcome!.Error?.Code));
        Assert.Equal((expected, code), (errand.End(third.Id).State, errand.Get(third.Id).Outcome!.Error?.Code));
        if (onAnyEnd) return;
        Assert.Equal(0, errand.Get(third.Id).Attempt);
        Assert.Contains(first.Id.ToString(), errand.Get(second.Id).Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal([JobEvents.Submitted, JobEvents.Rejected, JobEvents.Finished], errand.History(second.Id));
    }

    [Fact]
    public void I2_a_cancel_reaches_those_after_it_as_a_cancel()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var first = errand.Submit(Sleep(60));
        var second = errand.Submit(Sleep(1) with { After = [JobDependency.OnSuccess(first.Id)] });
        errand.Run(client => client.CancelAsync(first.Id, "ann"));
        Assert.Equal(JobState.Cancelled, errand.End(second.Id).State);
        Assert.Null(errand.Get(second.Id).Outcome!.Error);
    }

    [Fact]
    public void I2_a_job_after_one_that_has_failed_long_ago_fails_too()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep().Add("fail", _ => throw new InvalidOperationException("no")));
        var first = errand.End(errand.Submit(new("fail")).Id);
        errand.Advance(Minutes(5));
        var second = errand.Submit(Sleep(1) with { After = [JobDependency.OnSuccess(first.Id)] });
        Assert.Equal(JobErrorCodes.DependencyFailed, errand.End(second.Id).Outcome!.Error!.Code);
    }

    [Fact]
    public void I2_a_diamond_of_10_000_runs_each_job_once_and_the_last_one_last()
    {
        const int Middle = 10_000;
        int ran = 0;
        using var errand = ErrandTest.Start(builder => builder.Configure(options => options.Slots = 200)
            .Add("count", _ => Task.FromResult($"{Interlocked.Increment(ref ran)}")));
        var batch = errand.Client.CreateBatch();
        var first = batch.Add(new("count"));
        JobId[] middle = [.. Enumerable.Range(0, Middle).Select(_ => batch.Add(new("count") { After = [JobDependency.OnSuccess(first)] }))];
        var last = batch.Add(new("count") { After = [.. middle.Select(JobDependency.OnSuccess)] });
        errand.Run(client => client.SubmitAsync(batch));
        Assert.Equal($"{Middle + 2}", errand.End(last).Outcome!.Result.ToString());
        Assert.Equal(Middle + 2, ran);
    }

    [Fact]
    public void I2_results_of_those_before_can_be_read_and_are_kept_until_then()
    {
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Configure(options => options.Retention.Age = Seconds(1));
            builder.AddSleep().Add("sum", async job =>
            {
                double sum = 0;
                foreach (var (parent, outcome) in await job.ParentsAsync())
                {
                    Assert.Contains(job.Spec.After, dependency => dependency.Job == parent);
                    sum += outcome.Result.ToElement().GetDouble();
                }
                return FormattableString.Invariant($"{sum}");
            });
        });
        JobId[] parts = [errand.Submit(Sleep(1)).Id, errand.Submit(Sleep(2)).Id, errand.Submit(Sleep(200)).Id];
        var sum = errand.Submit(new("sum") { After = [.. parts.Select(JobDependency.OnSuccess)] });
        Assert.Equal("203", errand.End(sum.Id).Outcome!.Result.ToString());
        // By now the retention has long passed for the first two, and nobody needs them any more.
        errand.Advance(Minutes(5));
        Assert.Null(errand.Run(client => client.FindAsync(parts[0])));
    }

    [Fact]
    public void I2_circles_and_jobs_after_themselves_are_refused_by_name()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var batch = errand.Client.CreateBatch();
        JobId a = batch.NewId(), b = batch.NewId(), c = batch.NewId();
        batch.Add(a, Sleep(1) with { After = [JobDependency.OnSuccess(c)] });
        batch.Add(b, Sleep(1) with { After = [JobDependency.OnEnd(a)] });
        batch.Add(c, Sleep(1) with { After = [JobDependency.OnSuccess(b)] });
        batch.Add(Sleep(1));
        var circle = Assert.Throws<InvalidJobException>(() => errand.Run(client => client.SubmitAsync(batch)));
        Assert.Equal("after", circle.Parameter);
        Assert.Contains($"{a} after {c}", circle.Message, StringComparison.Ordinal);
        var alone = errand.Client.CreateBatch();
        var self = alone.NewId();
        alone.Add(self, Sleep(1) with { After = [JobDependency.OnSuccess(self)] });
        Assert.Contains("after itself", Assert.Throws<InvalidJobException>(() => errand.Run(client => client.SubmitAsync(alone))).Message, StringComparison.Ordinal);
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);
    }

    [Fact]
    public void I2_a_job_after_one_that_is_not_there_is_refused()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var unknown = JobId.New(errand.Time.GetUtcNow());
        var refused = Assert.Throws<InvalidJobException>(() => errand.Submit(Sleep(1) with { After = [JobDependency.OnEnd(unknown)] }));
        Assert.Equal("after", refused.Parameter);
        Assert.Contains(unknown.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void I2_what_a_crash_left_untold_is_told_by_another()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        using var other = errand.StartAnother(builder => builder.Configure(options => options.RunsJobs = false));
        var first = errand.Submit(Sleep(5));
        var second = errand.Submit(Sleep(1) with { After = [JobDependency.OnSuccess(first.Id)] });
        // Only the row says that the first has ended: whoever ended it died before telling anybody.
        errand.Advance(Seconds(4));
        errand.Node.Kill();
        using var third = errand.StartAnother();
        Assert.True(third.End(first.Id).IsTerminal);
        Assert.True(third.End(second.Id).IsTerminal);
    }
}
