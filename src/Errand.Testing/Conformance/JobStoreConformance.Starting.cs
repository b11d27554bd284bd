using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

// Starting: jobs that are only defined stand in no line until somebody starts them.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_job_that_waits_to_be_started_is_claimed_only_then()
    {
        var held = await Store.AddedAsync(Held());
        Assert.Equal((JobHolds.Start, true), (held.Holds, (await Store.FoundAsync(held.Id)).Spec.Held));
        Assert.Empty(await ClaimedIdsAsync(at: 1000));
        Assert.Null(await Store.PlaceAsync(held.Id, 10, Token));
        var started = await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", held.Version, Samples.At(10)));
        Assert.Equal((JobHolds.None, Samples.At(10), 2L), (started.Holds, started.ScheduledAt, started.Version));
        Assert.Equal(0, await Store.PlaceAsync(held.Id, 10, Token));
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 10));
        SameEvents([new(Samples.At(10), JobEvents.StartRequested, "bob")], await Store.HistoryAsync(held.Id, Token));
    }

    [Fact]
    public async Task Its_place_in_line_counts_from_its_start()
    {
        var held = Samples.Many(3, i => Held(priority: i % 2));
        var others = Samples.Many(2, i => Samples.Queued(at: 5 + (i * 10)));
        await Store.AddedAsync([.. held, .. others]);
        foreach (var job in held) await Store.AppliedAsync(job.Id, JobTransition.RequestStart("bob", 1, Samples.At(10)));
        Assert.Equal([held[1].Id, others[0].Id, held[0].Id, held[2].Id, others[1].Id], await ClaimedIdsAsync(at: 100, batch: 1));
    }

    [Fact]
    public async Task A_time_that_is_still_to_come_stays()
    {
        var held = await Store.AddedAsync(Held(runAt: 60));
        Assert.Equal(JobHolds.Start | JobHolds.Future, held.Holds);
        var started = await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(10)));
        Assert.Equal((JobHolds.Future, Samples.At(60)), (started.Holds, started.ScheduledAt));
        Assert.Empty(await ClaimedIdsAsync(at: 59));
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 60));
    }

    [Fact]
    public async Task A_time_that_has_come_meanwhile_starts_nothing()
    {
        var held = await Store.AddedAsync(Held(runAt: 60));
        Assert.Empty(await ClaimedIdsAsync(at: 61));
        Assert.Equal(JobHolds.Start, (await Store.FoundAsync(held.Id)).Holds);
        await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(70)));
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 70));
    }

    [Fact]
    public async Task One_of_a_session_keeps_its_turn_and_waits_for_it()
    {
        var jobs = Samples.Many(3, i => i == 1 ? Samples.Queued(session: "s") : Held(session: "s"));
        await Store.AddedAsync(jobs);
        Assert.Empty(await ClaimedIdsAsync(at: 1));
        await Store.AppliedAsync(jobs[2].Id, JobTransition.RequestStart("bob", 1, Samples.At(1)));
        Assert.Equal(JobHolds.Session, (await Store.FoundAsync(jobs[2].Id)).Holds);
        Assert.Empty(await ClaimedIdsAsync(at: 2));
        await Store.AppliedAsync(jobs[0].Id, JobTransition.RequestStart("bob", 1, Samples.At(2)));
        Assert.Equal(jobs.Select(job => job.Id), await DrainedAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_starts_after_another_waits_for_both(bool startedFirst)
    {
        var parent = await Store.AddedAsync(Samples.Queued());
        var spec = new JobSpec("work") { Owner = "ann", Held = true, After = [new(parent.Id, OnAnyEnd: false)] };
        var held = await Store.AddedAsync(Samples.Queued(spec));
        Assert.Equal(JobHolds.Start | JobHolds.Parents, held.Holds);
        if (startedFirst) await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(1)));
        await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner, at: 1));
        Assert.Equal(startedFirst ? JobHolds.Parents : JobHolds.Start | JobHolds.Parents, (await Store.FoundAsync(held.Id)).Holds);
        await Store.ReleaseAsync(10, Token);
        if (!startedFirst)
        {
            Assert.Equal((JobHolds.Start, 0), await Store.FoundAsync(held.Id) is var told ? (told.Holds, told.PendingParents) : default);
            Assert.Empty(await ClaimedIdsAsync(at: 2));
            await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(2)));
        }
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 3));
    }

    [Fact]
    public async Task Under_a_cap_it_is_queued_and_stands_in_no_line_until_it_is_started()
    {
        var first = await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1, 3)));
        var held = await Store.AddedAsync(Held().Under(Cap("gpu", 1, 3)));
        Assert.Equal((JobHolds.Start, null), (held.Holds, held.WaitsForCap));
        await Store.UsesAsync("gpu", running: 0, queued: 2, waiting: 0);
        Assert.Equal([first.Id], await ClaimedIdsAsync(at: 1));
        await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(2)));
        Assert.Empty(await ClaimedIdsAsync(at: 2));
        await Store.UsesAsync("gpu", running: 1, queued: 1, waiting: 1);
        await Store.FinishedAsync(await Store.FoundAsync(first.Id));
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 3));
    }

    [Fact]
    public async Task A_job_that_was_started_and_goes_back_into_the_queue_is_not_held_again()
    {
        var held = await Store.AddedAsync(Held());
        await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(1)));
        var running = await Store.ClaimedAsync(Samples.Runner, at: 2);
        await Store.AppliedAsync(held.Id, JobTransition.Retry(running, new("e", "m"), Later(60), Samples.At(3)));
        Assert.Equal([held.Id], await ClaimedIdsAsync(at: 60));
    }

    [Fact]
    public async Task A_job_that_waits_to_be_started_may_be_cancelled()
    {
        var held = await Store.AddedAsync(Held());
        var cancelled = await Store.AppliedAsync(held.Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        Assert.Equal(JobPhase.Cancelled, cancelled.Phase);
        Assert.Equal(ApplyStatus.Refused, (await Store.ApplyAsync(held.Id, JobTransition.RequestStart("bob", 2, Samples.At(2)))).Status);
    }

    [Fact]
    public async Task Its_start_is_hinted_at_as_ready()
    {
        var held = await Store.AddedAsync(Held());
        using var trap = new HintTrap(Store);
        await Store.AppliedAsync(held.Id, JobTransition.RequestStart("bob", 1, Samples.At(1)));
        await HintedAsync(trap, hint => hint.Job == held.Id && hint.Ready);
    }

    private static Job Held(string? session = null, int priority = 0, double? runAt = null) => Samples.Queued(new JobSpec("work")
    {
        Owner = "ann", Held = true, Session = session, Priority = priority, RunAt = runAt is { } due ? Samples.At(due) : null,
    });
}
