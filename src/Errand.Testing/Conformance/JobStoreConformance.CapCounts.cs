using Errand.Storage;
using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

// What is counted under a cap: whatever becomes of a job, it gives back what it took.
public abstract partial class JobStoreConformance
{
    private static readonly JobCap Gpu = Cap("gpu", 2);

    [Theory]
    [InlineData(JobPhase.Queued, 0, 1)]
    [InlineData(JobPhase.Running, 1, 0)]
    [InlineData(JobPhase.RunningCancelling, 1, 0)]
    [InlineData(JobPhase.Waiting, 1, 0)]
    [InlineData(JobPhase.WaitingCancelling, 1, 0)]
    [InlineData(JobPhase.Completed, 0, 0)]
    [InlineData(JobPhase.Failed, 0, 0)]
    [InlineData(JobPhase.Cancelled, 0, 0)]
    public async Task A_job_counts_under_its_cap_while_it_is_live(JobPhase phase, int running, int queued)
    {
        var job = await Store.BroughtToAsync(phase, Samples.Queued().Under(Gpu));
        await Store.UsesAsync("gpu", running, queued, waiting: 0);
        if (phase == JobPhase.Queued) await Store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(5)));
        else if (!job.IsTerminal) await Store.FinishedAsync(job);
        await Store.UsesNoneAsync();
    }

    [Theory]
    [InlineData(JobPhase.Queued, 0, 1)]
    [InlineData(JobPhase.Waiting, 1, 0)]
    [InlineData(JobPhase.Failed, 0, 0)]
    public async Task A_job_counts_in_the_phase_that_it_is_added_in(JobPhase phase, int running, int queued)
    {
        await Store.AddedAsync((Samples.Full() with { Phase = phase, Version = 1 }).Under(Gpu));
        await Store.UsesAsync("gpu", running, queued, waiting: 0);
    }

    [Fact]
    public async Task A_job_that_is_tried_again_counts_as_queued_and_then_as_running()
    {
        await Store.AddedAsync(Samples.Queued().Under(Gpu));
        var job = await Store.ClaimedAsync(Samples.Runner);
        await Store.AppliedAsync(job.Id, JobTransition.Retry(job, new("e", "m"), new(Samples.At(60), IsFuture: true), Samples.At(1)));
        await Store.UsesAsync("gpu", running: 0, queued: 1, waiting: 0);
        job = await Store.ClaimedAsync(Samples.OtherRunner, at: 61);
        await Store.UsesAsync("gpu", running: 1, queued: 0, waiting: 0);
        await Store.AppliedAsync(job.Id, JobTransition.GiveBack(job, "shut down", new(Samples.At(62)), Samples.At(62)));
        await Store.UsesAsync("gpu", running: 0, queued: 1, waiting: 0);
        await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner, at: 63));
        await Store.UsesNoneAsync();
    }

    [Fact]
    public async Task What_stood_at_a_cap_and_is_tried_again_stands_there_no_more()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        await Store.FinishedAsync(held);
        var job = await Store.ClaimedAsync(Samples.Runner);
        job = await Store.AppliedAsync(job.Id, JobTransition.Retry(job, new("e", "m"), new(Samples.At(2)), Samples.At(2)));
        Assert.Equal((JobHolds.None, null), (job.Holds, job.WaitsForCap));
        await Store.UsesAsync("gpu", running: 0, queued: 1, waiting: 0);
        Assert.Equal(0, await Store.PlaceAsync(job.Id, 10, Token));
        Assert.Equal(job.Id, (await Store.ClaimedAsync(Samples.Runner, at: 3)).Id);
    }

    [Fact]
    public async Task A_job_that_waits_for_input_keeps_its_permit()
    {
        await Store.BroughtToAsync(JobPhase.Waiting, Samples.Queued().Under(Cap("gpu", 1)));
        await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 10)).Started);
    }

    [Fact]
    public async Task A_job_that_is_adopted_counts_once()
    {
        await BeatAsync(Samples.Runner, 1);
        await Store.AddedAsync(Samples.Many(2, _ => Samples.Queued().Under(Cap("gpu", 1))));
        await Store.ClaimedAsync(Samples.Runner);
        await Store.LapseAsync(Samples.Runner, 1, Token);
        await Store.UsesAsync("gpu", running: 1, queued: 1, waiting: 0);
        var claim = await Store.ClaimAsync(Samples.OtherRunner, 5, 2);
        Assert.Empty(claim.Started);
        await Store.UsesAsync("gpu", running: 1, queued: 1, waiting: 1);
        await Store.FinishedAsync(Assert.Single(claim.Adopted));
        await Store.FinishedAsync(await Store.ClaimedAsync(Samples.OtherRunner, 3));
        await Store.UsesNoneAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_ends_at_a_cap_leaves_its_line(bool cancelled)
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var waiting = Samples.Many(2, _ => Samples.Queued().Under(Cap("gpu", 1)));
        await Store.AddedAsync(waiting);
        Assert.Equal([0, 1], await PlacesAsync(waiting));
        await Store.AppliedAsync(waiting[0].Id, cancelled
            ? JobTransition.RequestCancel("bob", Samples.At(1))
            : JobTransition.Reject(JobOutcome.Failed(new("no", "No.")), "no", Samples.At(1)));
        Assert.Equal([null, 0], await PlacesAsync(waiting));
        await Store.UsesAsync("gpu", running: 1, queued: 1, waiting: 1);
        await Store.FinishedAsync(held);
        Assert.Equal(waiting[1].Id, (await Store.ClaimedAsync(Samples.Runner)).Id);
    }

    [Fact]
    public async Task A_cap_that_nobody_needs_any_more_takes_no_other_along()
    {
        await Store.AddedAsync(Samples.Queued().Under(Cap("stays", 3)));
        await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued().Under(Cap("goes", 3)));
        Assert.Equal("stays", Assert.Single(await Store.ListCapsAsync("", null, 10, Token)).Cap.Name);
    }

    [Fact]
    public async Task The_place_in_line_goes_by_rank_whoever_arrived_first()
    {
        var jobs = Samples.Many(4, i => Samples.Queued(at: 10 - i));
        foreach (var job in jobs) await Store.AddedAsync(job);
        Assert.Equal([3, 2, 1, 0], await PlacesAsync(jobs));
    }

    [Fact]
    public async Task The_place_in_line_is_that_in_the_line_of_the_cap()
    {
        foreach (string cap in (string[])["a", "b"]) await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap(cap, 1)));
        var jobs = Samples.Many(6, i => Samples.Queued(at: i).Under(Cap(i % 2 == 0 ? "a" : "b", 1)));
        foreach (var job in jobs) await Store.AddedAsync(job);
        Assert.Equal([0, 0, 1, 1, 2, 2], await PlacesAsync(jobs));
        Assert.Equal(1, await Store.PlaceAsync(jobs[4].Id, 1, Token));
    }

    [Fact]
    public async Task A_job_that_waits_for_something_else_stands_in_no_line_of_its_cap()
    {
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s"));
        var later = await Store.AddedAsync(Samples.Queued(runAt: 60).Under(Cap("gpu", 1)));
        var next = await Store.AddedAsync(Samples.Queued(session: "s").Under(Cap("gpu", 1)));
        Assert.Equal((JobHolds.Future, JobHolds.Session), (later.Holds, next.Holds));
        await Store.UsesAsync("gpu", running: 1, queued: 2, waiting: 0);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 61)).Started);
        await Store.UsesAsync("gpu", running: 1, queued: 2, waiting: 1);
    }

    [Fact]
    public async Task A_write_that_is_refused_changes_no_count()
    {
        await Store.AddedAsync(Samples.Queued().Under(Gpu));
        var job = await Store.ClaimedAsync(Samples.Runner);
        var stranger = new JobFence(Samples.OtherRunner, 1);
        var refused = await Store.ApplyAsync(job.Id, JobTransition.Finish(stranger, JobOutcome.Completed(), Samples.At(1)));
        Assert.Equal(ApplyStatus.Refused, refused.Status);
        await Store.FinishedAsync(job);
        refused = await Store.ApplyAsync(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), Samples.At(1)));
        Assert.Equal(ApplyStatus.Refused, refused.Status);
        await Store.UsesNoneAsync();
    }

    [Fact]
    public async Task A_transition_of_many_phases_counts_from_the_phase_that_the_job_was_in()
    {
        var end = new JobTransition("end", Samples.At(9), new JobEdge(JobPhases.Live, JobPhase.Completed,
            new() { FinishedAt = Samples.At(9), Outcome = JobOutcome.Completed() }));
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var waiting = await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        await Store.AppliedAsync(waiting.Id, end);
        await Store.UsesAsync("gpu", running: 1, queued: 0, waiting: 0);
        await Store.AppliedAsync(held.Id, end);
        await Store.UsesNoneAsync();
    }

    [Fact]
    public async Task Many_writes_of_one_call_are_all_counted()
    {
        await Store.AddedAsync(Samples.Many(20, _ => Samples.Queued().Under(Cap("gpu", 20), Cap("more"))));
        var started = (await Store.ClaimAsync(Samples.Runner, 20)).Started;
        var ends = started.Take(15).Select(job => new JobWrite(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), Samples.At(1))));
        await Store.ApplyAsync([.. ends], Token);
        await Store.UsesAsync("gpu", running: 5, queued: 0, waiting: 0);
        await Store.UsesAsync("more", running: 5, queued: 0, waiting: 0);
    }

    [Fact]
    public async Task The_end_of_a_job_hints_that_one_at_its_cap_may_start()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        using var trap = new HintTrap(Store);
        await Store.FinishedAsync(held);
        await trap.WaitAsync(hint => hint.Ready).WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Two_instances_count_the_same_cap()
    {
        var second = await SecondAsync();
        await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 2)));
        await second.AddedAsync(Samples.Many(3, _ => Samples.Queued().Under(Cap("gpu", 2))));
        var first = await Store.ClaimedAsync(Samples.Runner);
        var other = Assert.Single((await second.ClaimAsync(Samples.OtherRunner, 5)).Started);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5)).Started);
        await second.FinishedAsync(first);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5)).Started);
        await Store.FinishedAsync(other);
        await Store.UsesAsync("gpu", running: 1, queued: 1, waiting: 1);
        await second.UsesAsync("gpu", running: 1, queued: 1, waiting: 1);
    }

    [Fact]
    public async Task Caps_go_on_after_reopening()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var waiting = await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        if (await ReopenedAsync() is not { } again)
        {
            await HasForgottenAsync([held, waiting]);
            return;
        }
        await again.UsesAsync("gpu", running: 1, queued: 1, waiting: 1);
        Assert.Empty((await again.ClaimAsync(Samples.Runner, 5, 5)).Started);
        await again.FinishedAsync(held);
        await again.FinishedAsync(await again.ClaimedAsync(Samples.Runner, 5));
        await again.UsesNoneAsync();
    }
}
