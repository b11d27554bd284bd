using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Sessions: the jobs of one owner's session run one at a time, in the order they came.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task Only_the_first_of_a_session_is_in_line()
    {
        var first = await Store.AddedAsync(Samples.Queued(session: "s"));
        var second = await Store.AddedAsync(Samples.Queued(session: "s"));
        Assert.Equal((JobHolds.None, JobHolds.Session), (first.Holds, second.Holds));
        Assert.Equal(JobHolds.Session, (await Store.FoundAsync(second.Id)).Holds);
        Assert.Equal([first.Id], await ClaimedIdsAsync(at: 1));
    }

    [Fact]
    public async Task A_session_that_is_added_in_one_call_runs_in_order()
    {
        var jobs = Samples.Many(6, i => Samples.Queued(session: "s", at: 10 - i, priority: i));
        var results = await Store.AddAsync(jobs, Token);
        Assert.Equal([JobHolds.None, .. Enumerable.Repeat(JobHolds.Session, 5)], results.Select(result => result.Job.Holds));
        Assert.Equal(jobs.Select(job => job.Id), await DrainedAsync());
    }

    [Fact]
    public async Task Sessions_of_other_owners_and_other_names_are_not_held_back()
    {
        await Store.AddedAsync(Samples.Queued(session: "s", owner: "ann"), Samples.Queued(session: "s", owner: "ann"));
        Job[] others = [Samples.Queued(session: "s", owner: "bob"), Samples.Queued(session: "S", owner: "ann"), Samples.Queued(owner: "ann")];
        foreach (var job in others)
            Assert.Equal(JobHolds.None, (await Store.AddedAsync(job)).Holds);
        Assert.Equal(4, (await ClaimedIdsAsync(at: 1)).Count);
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    public async Task The_next_of_a_session_comes_into_line_when_the_one_before_has_ended(JobState end)
    {
        var jobs = Samples.Many(3, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner), JobOutcome.Of(end));
        var next = await Store.FoundAsync(jobs[1].Id);
        Assert.Equal((JobHolds.None, 1L, Samples.Start), (next.Holds, next.Version, next.LastActivityAt));
        Assert.Equal(0, await Store.PlaceAsync(next.Id, 10, Token));
        Assert.Equal([jobs[1].Id], await ClaimedIdsAsync(at: 2));
        Assert.Equal(JobHolds.Session, (await Store.FoundAsync(jobs[2].Id)).Holds);
    }

    [Fact]
    public async Task The_next_of_a_session_waits_while_the_one_before_is_asked_to_end_or_asks_for_input()
    {
        var jobs = Samples.Many(2, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        var held = await Store.ClaimedAsync(Samples.Runner);
        JobInput[] asked = [new("1", Samples.Json("1"), Samples.At(1))];
        await Store.AppliedAsync(held.Id, JobTransition.AwaitInput(held.Fence, asked, held.Version, Samples.At(1)));
        Assert.Empty(await ClaimedIdsAsync(at: 2));
        await Store.AppliedAsync(held.Id, JobTransition.RequestCancel("bob", Samples.At(3)));
        Assert.Empty(await ClaimedIdsAsync(at: 4));
        await Store.FinishedAsync(held, JobOutcome.Completed(), 5);
        Assert.Equal([jobs[1].Id], await ClaimedIdsAsync(at: 6));
    }

    [Fact]
    public async Task A_job_that_is_tried_again_keeps_its_turn()
    {
        var jobs = Samples.Many(2, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        var held = await Store.ClaimedAsync(Samples.Runner);
        await Store.AppliedAsync(held.Id, JobTransition.Retry(held, new("e", "m"), Later(60), Samples.At(1)));
        Assert.Empty(await ClaimedIdsAsync(at: 2));
        Assert.Equal(JobHolds.Session, (await Store.FoundAsync(jobs[1].Id)).Holds);
        Assert.Equal([jobs[0].Id], await ClaimedIdsAsync(at: 60));
        await Store.FinishedAsync(await Store.FoundAsync(jobs[0].Id));
        Assert.Equal([jobs[1].Id], await ClaimedIdsAsync(at: 61));
    }

    [Fact]
    public async Task A_job_that_is_tried_again_waits_for_no_ended_job_and_no_other_session()
    {
        await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued(session: "s"));
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "other"));
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s", owner: "bob"));
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s"));
        held = await Store.AppliedAsync(held.Id, JobTransition.Retry(held, new("e", "m"), Later(60), Samples.At(2)));
        Assert.Equal(JobHolds.Future, held.Holds);
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 60));
    }

    [Fact]
    public async Task The_next_of_a_session_is_the_next_of_its_owner()
    {
        var first = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s"));
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s", owner: "bob"));
        var next = await Store.AddedAsync(Samples.Queued(session: "s"));
        await Store.FinishedAsync(first);
        Assert.Equal([next.Id], await ClaimedIdsAsync());
    }

    [Fact]
    public async Task A_job_that_is_given_back_keeps_its_turn()
    {
        var jobs = Samples.Many(2, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        var held = await Store.ClaimedAsync(Samples.Runner);
        var next = new JobDue(Samples.At(50));
        await Store.AppliedAsync(held.Id, JobTransition.GiveBack(held, "leaving", next, Samples.At(1)));
        Assert.Equal([jobs[0].Id], await ClaimedIdsAsync(at: 60));
    }

    [Fact]
    public async Task Those_that_are_cancelled_in_a_sessions_queue_leave_it()
    {
        var jobs = Samples.Many(5, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        foreach (int i in new[] { 2, 0, 4 }) await Store.AppliedAsync(jobs[i].Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        var late = await Store.AddedAsync(Samples.Queued(session: "s"));
        Assert.Equal([jobs[1].Id, jobs[3].Id, late.Id], await DrainedAsync());
    }

    [Fact]
    public async Task A_whole_session_is_cancelled_in_one_call()
    {
        var jobs = Samples.Many(20, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        var cancel = JobTransition.RequestCancel("bob", Samples.At(1));
        var results = await Store.ApplyAsync([.. jobs.Select(job => new JobWrite(job.Id, cancel))], Token);
        Assert.All(results, result => Assert.Equal(ApplyStatus.Applied, result.Status));
        Assert.Empty(await ClaimedIdsAsync(at: 2));
        Assert.Equal(JobHolds.None, (await Store.AddedAsync(Samples.Queued(session: "s"))).Holds);
    }

    [Fact]
    public async Task A_running_job_that_is_added_holds_its_session()
    {
        var running = await Store.AddedAsync(
            Job.Running(JobId.New(Samples.Start), new("work") { Owner = "ann", Session = "s" }, Samples.Runner, Samples.Start, Samples.Start));
        var queued = await Store.AddedAsync(Samples.Queued(session: "s"));
        Assert.Equal(JobHolds.Session, queued.Holds);
        await Store.FinishedAsync(running);
        Assert.Equal([queued.Id], await ClaimedIdsAsync(at: 1));
    }

    [Fact]
    public async Task An_ended_job_holds_nothing()
    {
        await Store.AddedAsync(Samples.Full() with { Spec = new("work") { Owner = "ann", Session = "s" } });
        await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued(session: "s"));
        Assert.Equal(JobHolds.None, (await Store.AddedAsync(Samples.Queued(session: "s"))).Holds);
    }

    [Fact]
    public async Task A_job_of_a_later_time_holds_its_session()
    {
        var future = await Store.AddedAsync(Samples.Queued(session: "s", runAt: 60));
        var next = await Store.AddedAsync(Samples.Queued(session: "s"));
        Assert.Equal((JobHolds.Future, JobHolds.Session), (future.Holds, next.Holds));
        Assert.Empty(await ClaimedIdsAsync(at: 59));
        Assert.Equal([future.Id], await ClaimedIdsAsync(at: 60));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_waits_for_its_time_and_its_turn_waits_for_both(bool timeFirst)
    {
        var first = await Store.AddedAsync(Samples.Queued(session: "s"));
        var both = await Store.AddedAsync(Samples.Queued(session: "s", runAt: 60));
        Assert.Equal(JobHolds.Future | JobHolds.Session, both.Holds);
        var held = await Store.ClaimedAsync(Samples.Runner);
        Assert.Equal(first.Id, held.Id);
        if (timeFirst)
        {
            Assert.Empty(await ClaimedIdsAsync(at: 61));
            await Store.FinishedAsync(held);
        }
        else
        {
            await Store.FinishedAsync(held);
            Assert.Equal(JobHolds.Future, (await Store.FoundAsync(both.Id)).Holds);
            Assert.Empty(await ClaimedIdsAsync(at: 59));
        }
        Assert.Equal([both.Id], await ClaimedIdsAsync(at: 61));
    }

    [Fact]
    public async Task Thousands_of_held_jobs_do_not_hide_those_that_could_start()
    {
        await Store.AddedAsync(Samples.Many(2000, _ => Samples.Queued(session: "s", priority: 10)));
        var job = await Store.AddedAsync(Samples.Queued(at: 1));
        Assert.Equal(2, (await ClaimedIdsAsync(at: 2)).Count);
        Assert.Equal(JobPhase.Running, (await Store.FoundAsync(job.Id)).Phase);
    }

    /// <summary>Claims and completes until nothing is left.</summary>
    private async Task<IReadOnlyList<JobId>> DrainedAsync()
    {
        List<JobId> order = [];
        while (await Store.ClaimAsync(Samples.Runner, 100, 100) is { Started: { Count: > 0 } started })
        {
            order.AddRange(started.Select(job => job.Id));
            foreach (var job in started) await Store.FinishedAsync(job);
        }
        return order;
    }
}
