using Xunit;

namespace Errand.Testing.Conformance;

// Claiming: by rank, then by arrival; only what was asked for; nothing twice.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_claimed_job_runs_under_its_runner_in_a_new_attempt()
    {
        var job = await Store.AddedAsync(Samples.Queued(new JobSpec("work", Samples.Json("[1]")) { Tags = ["a"], Key = "k" }));
        var claimed = await Store.ClaimedAsync(Samples.Runner, at: 5);
        var start = JobTransition.Start(Samples.Runner, Samples.At(5));
        SameJob.Assert(job.After(start.EdgeFrom(JobPhase.Queued)!, Samples.At(5)), claimed);
        SameJob.Assert(claimed, await Store.FindAsync(job.Id, Token));
        Assert.Empty(await Store.HistoryAsync(job.Id, Token));
    }

    [Fact]
    public async Task An_empty_store_has_nothing_to_claim()
    {
        var result = await Store.ClaimAsync(Samples.Runner, 10);
        Assert.Empty(result.Started);
        Assert.Empty(result.Adopted);
        Assert.Null(result.NextDue);
    }

    [Fact]
    public async Task A_job_is_claimed_once()
    {
        await Store.AddedAsync(Samples.Queued());
        await Store.ClaimedAsync(Samples.Runner);
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10)).Started);
    }

    [Fact]
    public async Task Jobs_of_one_moment_are_claimed_in_the_order_they_were_added()
    {
        var jobs = Samples.Many(40, _ => Samples.Queued());
        await Store.AddedAsync(jobs[..10]);
        foreach (var job in jobs[10..20]) await Store.AddedAsync(job);
        await Store.AddedAsync(jobs[20..]);
        Assert.Equal(jobs.Select(job => job.Id), await ClaimedIdsAsync(batch: 7));
    }

    [Fact]
    public async Task Jobs_are_claimed_by_the_time_they_were_due_whenever_they_were_added()
    {
        double[] times = [5, 1, 3, 2, 4, 0];
        var jobs = Samples.Many(times.Length, i => Samples.Queued(at: times[i]));
        await Store.AddedAsync(jobs);
        Assert.Equal(jobs.OrderBy(job => job.CreatedAt).Select(job => job.Id), await ClaimedIdsAsync(at: 10));
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    [InlineData(61, false)]
    public async Task A_step_of_priority_is_worth_a_minute(double later, bool overtakes)
    {
        var first = await Store.AddedAsync(Samples.Queued(at: 0));
        var second = await Store.AddedAsync(Samples.Queued(at: later, priority: 1));
        Job[] expected = overtakes ? [second, first] : [first, second];
        Assert.Equal(expected.Select(job => job.Id), await ClaimedIdsAsync(at: 100));
    }

    [Fact]
    public async Task Jobs_are_claimed_by_rank_from_the_highest_priority_to_the_lowest()
    {
        var random = Chance.New();
        var jobs = Samples.Many(60, i => Samples.Queued(at: random.Next(0, 120), priority: random.Next(-10, 11)));
        await Store.AddedAsync(jobs);
        Assert.Equal(jobs.OrderBy(job => job.Rank).Select(job => job.Id), await ClaimedIdsAsync(at: 1000, batch: 4));
    }

    [Fact]
    public async Task A_claim_takes_as_many_as_it_asks_for_and_no_more()
    {
        await Store.AddedAsync(Samples.Many(10, _ => Samples.Queued()));
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 0)).Started);
        Assert.Equal(3, (await Store.ClaimAsync(Samples.Runner, 3)).Started.Count);
        Assert.Equal(7, (await Store.ClaimAsync(Samples.Runner, 100)).Started.Count);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 100)).Started);
    }

    [Fact]
    public async Task A_claim_takes_only_the_kinds_it_asks_for()
    {
        await Store.AddedAsync(Samples.Many(50, i => Samples.Queued("other", at: i * 0.001)));
        var work = await Store.AddedAsync(Samples.Queued("work", at: 1));
        var third = await Store.AddedAsync(Samples.Queued("third", at: 2));
        await Store.AddedAsync(Samples.Queued("Work", at: 0));
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 100, 10, "nothing")).Started);
        var two = await Store.ClaimAsync(Samples.Runner, 100, 10, "third", "work", "nothing");
        Assert.Equal([work.Id, third.Id], two.Started.Select(job => job.Id));
        Assert.Equal(50, (await Store.ClaimAsync(Samples.Runner, 100, 10, "other")).Started.Count);
    }

    [Fact]
    public async Task Kinds_that_are_claimed_together_share_one_order()
    {
        var jobs = Samples.Many(30, i => Samples.Queued(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c", at: i % 5));
        await Store.AddedAsync(jobs);
        Assert.Equal(jobs.OrderBy(job => job.Rank).Select(job => job.Id), await ClaimedIdsAsync(at: 10, batch: 4, "c", "a", "b"));
    }

    [Fact]
    public async Task A_claim_without_kinds_takes_nothing()
    {
        await Store.AddedAsync(Samples.Queued());
        Assert.Empty((await Store.ClaimAsync(new(Samples.Runner, [], 10, Samples.At(1)), Token)).Started);
    }

    [Fact]
    public async Task Only_queued_jobs_are_claimed()
    {
        foreach (var phase in Enum.GetValues<JobPhase>())
            if (phase != JobPhase.Queued) await Store.BroughtToAsync(phase);
        var result = await Store.ClaimAsync(Samples.OtherRunner, 100, 10);
        Assert.Empty(result.Started);
        Assert.Empty(result.Adopted);
    }

    [Fact]
    public async Task A_job_that_is_tried_again_is_claimed_in_its_next_attempt()
    {
        await Store.AddedAsync(Samples.Queued());
        var first = await Store.ClaimedAsync(Samples.Runner, at: 1);
        var next = new JobDue(Samples.At(2));
        await Store.AppliedAsync(first.Id, JobTransition.Retry(first, new("e", "m"), next, Samples.At(2)));
        var second = await Store.ClaimedAsync(Samples.OtherRunner, at: 3);
        Assert.Equal((first.Id, 2, Samples.OtherRunner), (second.Id, second.Attempt, second.Runner));
        var late = JobTransition.Finish(first.Fence, JobOutcome.Completed(), Samples.At(4));
        Assert.Equal(ApplyStatus.Refused, (await Store.ApplyAsync(first.Id, late)).Status);
    }

    [Fact]
    public async Task A_job_that_is_given_back_stands_where_its_new_schedule_says()
    {
        await Store.AddedAsync(Samples.Queued());
        var first = await Store.ClaimedAsync(Samples.Runner);
        var between = await Store.AddedAsync(Samples.Queued(at: 5));
        var after = await Store.AddedAsync(Samples.Queued(at: 15));
        var next = new JobDue(Samples.At(10));
        await Store.AppliedAsync(first.Id, JobTransition.GiveBack(first, "leaving", next, Samples.At(10)));
        Assert.Equal([between.Id, first.Id, after.Id], await ClaimedIdsAsync(at: 20));
    }

    [Fact]
    public async Task The_place_in_line_counts_those_before()
    {
        var jobs = Samples.Many(5, i => Samples.Queued(at: i));
        await Store.AddedAsync(jobs);
        for (int i = 0; i < jobs.Length; i++) Assert.Equal(i, await Store.PlaceAsync(jobs[i].Id, 100, Token));
        await Store.AddedAsync(Samples.Queued(at: 6, priority: 5));
        Assert.Equal(5, await Store.PlaceAsync(jobs[4].Id, 100, Token));
        await Store.ClaimAsync(Samples.Runner, 3, 10);
        Assert.Equal(2, await Store.PlaceAsync(jobs[4].Id, 100, Token));
        Assert.Null(await Store.PlaceAsync(jobs[0].Id, 100, Token));
    }

    [Fact]
    public async Task The_place_in_line_is_counted_up_to_a_limit()
    {
        var jobs = Samples.Many(30, _ => Samples.Queued());
        await Store.AddedAsync(jobs);
        Assert.Equal(10, await Store.PlaceAsync(jobs[29].Id, 10, Token));
        Assert.Equal(29, await Store.PlaceAsync(jobs[29].Id, 29, Token));
        Assert.Equal(29, await Store.PlaceAsync(jobs[29].Id, 1000, Token));
        Assert.Equal(3, await Store.PlaceAsync(jobs[3].Id, 10, Token));
    }

    [Fact]
    public async Task All_kinds_stand_in_one_line()
    {
        await Store.AddedAsync(Samples.Many(6, i => Samples.Queued(i % 2 == 0 ? "a" : "b", at: i)));
        var job = await Store.AddedAsync(Samples.Queued("c", at: 10));
        Assert.Equal(6, await Store.PlaceAsync(job.Id, 100, Token));
        Assert.Equal(4, await Store.PlaceAsync(job.Id, 4, Token));
    }

    [Fact]
    public async Task What_is_not_in_line_has_no_place()
    {
        var first = await Store.AddedAsync(Samples.Queued(session: "s"));
        var held = await Store.AddedAsync(Samples.Queued(session: "s"));
        var future = await Store.AddedAsync(Samples.Queued(runAt: 60));
        var last = await Store.AddedAsync(Samples.Queued(at: 1));
        var running = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued("other"));
        foreach (var id in new[] { held.Id, future.Id, running.Id, JobId.New(Samples.Start) }) Assert.Null(await Store.PlaceAsync(id, 10, Token));
        Assert.Equal(0, await Store.PlaceAsync(first.Id, 10, Token));
        Assert.Equal(1, await Store.PlaceAsync(last.Id, 10, Token));
    }

    private async Task<IReadOnlyList<JobId>> ClaimedIdsAsync(double at = 0, int batch = 100, params IReadOnlyCollection<string> kinds)
    {
        List<JobId> ids = [];
        while (true)
        {
            var started = (await Store.ClaimAsync(Samples.Runner, batch, at, kinds)).Started;
            if (started.Count == 0) return ids;
            Assert.Empty(ids.Intersect(started.Select(job => job.Id)));
            ids.AddRange(started.Select(job => job.Id));
        }
    }
}
