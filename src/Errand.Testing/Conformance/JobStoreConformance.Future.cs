using Xunit;

namespace Errand.Testing.Conformance;

// Jobs of a later time: they come into line when they are due, and a claim says when that will be.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_job_of_a_later_time_is_claimed_when_it_is_due_and_not_before()
    {
        var job = await Store.AddedAsync(Samples.Queued(runAt: 60));
        Assert.Equal(JobHolds.Future, job.Holds);
        var early = await Store.ClaimAsync(Samples.Runner, 10, 59.999);
        Assert.Empty(early.Started);
        Assert.Equal(Samples.At(60), early.NextDue);
        var due = await Store.ClaimAsync(Samples.Runner, 10, 60);
        Assert.Equal(job.Id, Assert.Single(due.Started).Id);
        Assert.Null(due.NextDue);
        Assert.Equal((JobHolds.None, 2L), (due.Started[0].Holds, due.Started[0].Version));
    }

    [Fact]
    public async Task A_claim_tells_when_the_next_one_is_due()
    {
        await Store.AddedAsync(Samples.Many(5, i => Samples.Queued(runAt: 50 - (i * 10))));
        Assert.Equal(Samples.At(10), (await Store.ClaimAsync(Samples.Runner, 10, 5)).NextDue);
        var result = await Store.ClaimAsync(Samples.Runner, 10, 20);
        Assert.Equal(2, result.Started.Count);
        Assert.Equal(Samples.At(30), result.NextDue);
    }

    [Fact]
    public async Task A_claim_of_nothing_still_tells_when_the_next_one_is_due()
    {
        await Store.AddedAsync(Samples.Queued(runAt: 30));
        var result = await Store.ClaimAsync(Samples.Runner, 0, 1);
        Assert.Empty(result.Started);
        Assert.Equal(Samples.At(30), result.NextDue);
    }

    [Fact]
    public async Task What_came_due_is_ranked_by_the_time_it_was_due()
    {
        var due = await Store.AddedAsync(Samples.Queued(at: 0, runAt: 30));
        var before = await Store.AddedAsync(Samples.Queued(at: 29));
        var after = await Store.AddedAsync(Samples.Queued(at: 31));
        var urgent = await Store.AddedAsync(Samples.Queued(at: 0, runAt: 80, priority: 1));
        Assert.Equal([urgent.Id, before.Id, due.Id, after.Id], await ClaimedIdsAsync(at: 100));
    }

    [Fact]
    public async Task All_that_came_due_come_into_line_however_many_are_claimed()
    {
        var jobs = Samples.Many(300, i => Samples.Queued(runAt: 10 + (i % 7)));
        await Store.AddedAsync(jobs);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 1, 100)).Started);
        Assert.Equal(299, (await ClaimedIdsAsync(at: 100, batch: 50)).Count);
    }

    [Fact]
    public async Task Jobs_of_a_later_time_do_not_hide_those_that_could_start()
    {
        await Store.AddedAsync(Samples.Many(200, _ => Samples.Queued(runAt: 1000, priority: 10)));
        var job = await Store.AddedAsync(Samples.Queued(at: 1));
        Assert.Equal(job.Id, (await Store.ClaimedAsync(Samples.Runner, at: 2)).Id);
    }

    [Fact]
    public async Task A_job_of_a_later_time_that_was_cancelled_never_comes()
    {
        var job = await Store.AddedAsync(Samples.Queued(runAt: 60));
        await Store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        var result = await Store.ClaimAsync(Samples.Runner, 10, 61);
        Assert.Empty(result.Started);
        Assert.Null(result.NextDue);
    }

    [Fact]
    public async Task A_retry_waits_for_its_time()
    {
        await Store.AddedAsync(Samples.Queued());
        var job = await Store.ClaimedAsync(Samples.Runner, at: 1);
        var requeued = await Store.AppliedAsync(job.Id, JobTransition.Retry(job, new("e", "m"), Later(30), Samples.At(2)));
        Assert.Equal((JobHolds.Future, Samples.At(30)), (requeued.Holds, requeued.ScheduledAt));
        var early = await Store.ClaimAsync(Samples.Runner, 10, 29);
        Assert.Empty(early.Started);
        Assert.Equal(Samples.At(30), early.NextDue);
        Assert.Equal(2, (await Store.ClaimedAsync(Samples.Runner, at: 30)).Attempt);
    }

    [Fact]
    public async Task Thousands_that_could_start_do_not_hide_one_that_came_due()
    {
        await Store.AddedAsync(Samples.Many(6000, _ => Samples.Queued("other")));
        var due = await Store.AddedAsync(Samples.Queued(runAt: 10));
        Assert.Equal([due.Id], await ClaimedIdsAsync(at: 10));
    }

    [Fact]
    public async Task What_came_due_for_another_kind_waits_for_its_claim()
    {
        var job = await Store.AddedAsync(Samples.Queued("other", runAt: 10));
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 10, 20)).Started);
        Assert.Equal(job.Id, (await Store.ClaimedAsync(Samples.Runner, 20, "other")).Id);
    }
}
