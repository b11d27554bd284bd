using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>I3: jobs that are submitted together.</summary>
public sealed class BatchTests
{
    [Fact]
    public void I3_a_batch_has_one_progress_and_one_wait()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var batch = BatchOf(errand, 1, 2, 30, 40);
        errand.Advance(Seconds(10));
        var status = errand.Run(client => client.BatchAsync(batch));
        Assert.Equal((4, 2, 50.0, false), (status.Total, status.Ended, status.Percent, status.IsComplete));
        var early = errand.Run(client => client.WaitBatchAsync(batch, Seconds(5)));
        Assert.Equal((true, 2), (early.TimedOut, early.Batch.Ended));
        var news = errand.Run(client => client.WaitBatchAsync(batch));
        Assert.Equal((false, 4, true), (news.TimedOut, news.Batch.Ended, news.Batch.IsSuccess));
    }

    [Fact]
    public void I3_a_batch_is_cancelled_as_one()
    {
        using var errand = ErrandTest.Start(builder => builder.Configure(options => options.Slots = 1).AddSleep());
        var other = errand.Submit(Sleep(60));
        var batch = BatchOf(errand, 10, 20, 30);
        Assert.Equal(3, errand.Run(client => client.CancelAllAsync(new() { Batch = batch }, "ann")).Count);
        var status = errand.Run(client => client.WaitBatchAsync(batch)).Batch;
        Assert.Equal((3, false), (status.Counts[JobState.Cancelled], status.IsSuccess));
        Assert.Equal(JobState.Completed, errand.End(other.Id).State);
    }

    [Fact]
    public void I3_all_of_a_batch_are_submitted_or_none()
    {
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Configure(options => options.Caps.Kinds["sleep"] = new() { Queued = 3 });
            builder.AddSleep();
        });
        var four = errand.Client.CreateBatch();
        for (int i = 0; i < 4; i++) four.Add(Sleep(1));
        var full = Assert.Throws<QueueFullException>(() => errand.Run(client => client.SubmitAsync(four)));
        Assert.Equal("kind/sleep", full.Cap.Name);
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);
        var three = BatchOf(errand, 1, 2, 3);
        Assert.Equal(3, errand.Run(client => client.WaitBatchAsync(three)).Batch.Counts[JobState.Completed]);
    }

    [Fact]
    public void I3_a_batch_that_is_not_there_is_an_error_of_its_own()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var batch = JobId.New(errand.Time.GetUtcNow());
        Assert.Equal(batch, Assert.Throws<BatchNotFoundException>(() => errand.Run(client => client.BatchAsync(batch))).Batch);
        Assert.Empty(errand.Run(client => client.SubmitAsync(client.CreateBatch())));
    }

    [Fact]
    public void I3_a_job_of_a_batch_that_is_answered_with_an_earlier_one_is_nothing_to_start_after()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        errand.Submit(Sleep(1) with { Key = "taken" });
        var batch = errand.Client.CreateBatch();
        var first = batch.Add(Sleep(1) with { Key = "taken" });
        batch.Add(Sleep(1) with { After = [JobDependency.OnEnd(first)] });
        var refused = Assert.Throws<InvalidJobException>(() => errand.Run(client => client.SubmitAsync(batch)));
        Assert.Contains("was answered with an earlier job", refused.Message, StringComparison.Ordinal);
    }

    private static JobId BatchOf(ErrandTest errand, params double[] seconds)
    {
        var batch = errand.Client.CreateBatch();
        foreach (double time in seconds) batch.Add(Sleep(time));
        var jobs = errand.Run(client => client.SubmitAsync(batch));
        Assert.Equal(batch.Jobs.Select(job => job.Id), jobs.Select(job => job.Id));
        return batch.Id;
    }
}
