using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Runners: who lives, who has lapsed, and who takes over what a lapsed one held.
public abstract partial class JobStoreConformance
{
    private static readonly ProcessIdentity Process = new("0c1f9e4a-boot", 4711, 987_654_321);

    [Fact]
    public async Task A_runner_learns_of_the_others_by_its_heartbeat()
    {
        Assert.Empty((await BeatAsync(Samples.Runner, 1, Process)).Others);
        var second = await BeatAsync(Samples.OtherRunner, 7);
        Assert.Equal(new(Samples.Runner, 1, Process), Assert.Single(second.Others));
        var first = await BeatAsync(Samples.Runner, 2, Process);
        Assert.Equal(new(Samples.OtherRunner, 7, null), Assert.Single(first.Others));
        Assert.Equal(2, Assert.Single((await BeatAsync(Samples.OtherRunner, 8)).Others).Beat);
    }

    [Fact]
    public async Task A_heartbeat_answers_what_the_runner_holds()
    {
        Assert.Empty((await BeatAsync(Samples.Runner, 1)).Held);
        var held = new List<Job>();
        foreach (var phase in Enum.GetValues<JobPhase>())
        {
            var job = await Store.BroughtToAsync(phase);
            if (JobPhases.Held.Has(phase)) held.Add(job);
        }
        held.Add(await Store.AddedAsync(Samples.Running(Samples.Runner)));
        await Store.AddedAsync(Samples.Running(Samples.OtherRunner));
        var beat = await BeatAsync(Samples.Runner, 2);
        Assert.False(beat.Lapsed);
        Assert.Equal(held.Select(job => new HeldJob(job.Id, job.Attempt, job.Phase)).OrderBy(job => job.Id), beat.Held.OrderBy(job => job.Id));
    }

    [Fact]
    public async Task A_heartbeat_tells_of_a_cancel_and_forgets_what_has_ended()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        await Store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(2)));
        Assert.Equal(new(job.Id, job.Attempt, JobPhase.RunningCancelling), Assert.Single((await BeatAsync(Samples.Runner, 1)).Held));
        await Store.FinishedAsync(job);
        Assert.Empty((await BeatAsync(Samples.Runner, 2)).Held);
    }

    [Fact]
    public async Task A_heartbeat_forgets_what_was_given_back()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        await Store.AppliedAsync(job.Id, JobTransition.Retry(job, new("e", "m"), Later(60), Samples.At(2)));
        Assert.Empty((await BeatAsync(Samples.Runner, 1)).Held);
    }

    [Fact]
    public async Task A_runner_lapses_if_its_beat_is_the_one_that_was_seen()
    {
        await BeatAsync(Samples.Runner, 5);
        Assert.True(await Store.LapseAsync(Samples.Runner, 5, Token));
        Assert.True(await Store.LapseAsync(Samples.Runner, 5, Token));
        Assert.Empty((await BeatAsync(Samples.OtherRunner, 1)).Others);
    }

    [Fact]
    public async Task A_runner_whose_beat_has_moved_does_not_lapse()
    {
        await BeatAsync(Samples.Runner, 5);
        await BeatAsync(Samples.Runner, 6);
        Assert.False(await Store.LapseAsync(Samples.Runner, 5, Token));
        Assert.False((await BeatAsync(Samples.Runner, 7)).Lapsed);
    }

    [Fact]
    public async Task A_runner_that_nobody_knows_does_not_lapse()
    {
        Assert.False(await Store.LapseAsync(new("nobody"), 0, Token));
        Assert.False((await BeatAsync(new("nobody"), 1)).Lapsed);
    }

    [Fact]
    public async Task A_lapsed_runner_is_told_so_and_given_nothing()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running);
        await LapsedAsync(Samples.Runner);
        await Store.AddedAsync(Samples.Queued());
        var beat = await BeatAsync(Samples.Runner, 99);
        Assert.True(beat.Lapsed);
        var claim = await Store.ClaimAsync(Samples.Runner, 10, 1);
        Assert.Empty(claim.Started);
        Assert.Empty(claim.Adopted);
        SameJob.Assert(held, await Store.FindAsync(held.Id, Token));
        Assert.Empty((await BeatAsync(Samples.OtherRunner, 1)).Others);
    }

    [Theory]
    [InlineData(JobPhase.Running, JobPhase.Running)]
    [InlineData(JobPhase.Waiting, JobPhase.Running)]
    [InlineData(JobPhase.RunningCancelling, JobPhase.RunningCancelling)]
    [InlineData(JobPhase.WaitingCancelling, JobPhase.RunningCancelling)]
    public async Task What_a_lapsed_runner_held_is_adopted_in_the_same_attempt(JobPhase phase, JobPhase adopted)
    {
        var before = await Store.BroughtToAsync(phase);
        var history = await Store.HistoryAsync(before.Id, Token);
        await LapsedAsync(Samples.Runner);
        var claim = await Store.ClaimAsync(Samples.OtherRunner, 10, 30);
        Assert.Empty(claim.Started);
        var job = Assert.Single(claim.Adopted);
        var edge = JobTransition.Adopt(Samples.OtherRunner, Samples.Runner, Samples.At(30)).EdgeFrom(phase)!;
        SameJob.Assert(before.After(edge, Samples.At(30)), job);
        SameJob.Assert(job, await Store.FindAsync(job.Id, Token));
        Assert.Equal((adopted, before.Attempt), (job.Phase, job.Attempt));
        SameEvents([.. history, .. edge.Events], await Store.HistoryAsync(job.Id, Token));
        Assert.Equal(new(job.Id, job.Attempt, adopted), Assert.Single((await BeatAsync(Samples.OtherRunner, 1)).Held));
    }

    [Fact]
    public async Task B_40_a_runner_that_wakes_up_cannot_write_to_what_another_has_taken_over()
    {
        var before = await Store.BroughtToAsync(JobPhase.Running);
        await LapsedAsync(Samples.Runner);
        var adopted = Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 1, 30)).Adopted);
        var late = JobTransition.Finish(before.Fence, JobOutcome.Completed(Samples.Json("\"late\"")), Samples.At(31));
        Assert.Equal(ApplyStatus.Refused, (await Store.ApplyAsync(before.Id, late)).Status);
        SameJob.Assert(adopted, await Store.FindAsync(before.Id, Token));
        Assert.Equal(JobPhase.Completed, (await Store.FinishedAsync(adopted, JobOutcome.Completed(), 32)).Phase);
    }

    [Fact]
    public async Task What_a_lapsed_runner_ends_before_anybody_took_it_over_has_ended()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        await LapsedAsync(Samples.Runner);
        await Store.FinishedAsync(job);
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10, 30)).Adopted);
    }

    [Fact]
    public async Task What_a_lapsed_runner_claims_by_hand_can_be_adopted_too()
    {
        await LapsedAsync(Samples.Runner);
        var job = await Store.BroughtToAsync(JobPhase.Running);
        Assert.Equal(job.Id, Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 10, 30)).Adopted).Id);
    }

    [Fact]
    public async Task Only_what_a_runner_holds_is_adopted()
    {
        foreach (var phase in new[] { JobPhase.Completed, JobPhase.Failed, JobPhase.Cancelled }) await Store.BroughtToAsync(phase);
        var retried = await Store.BroughtToAsync(JobPhase.Running);
        await Store.AppliedAsync(retried.Id, JobTransition.Retry(retried, new("e", "m"), Later(60), Samples.At(2)));
        await LapsedAsync(Samples.Runner);
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10, 30)).Adopted);
    }

    [Fact]
    public async Task What_a_living_runner_holds_is_not_adopted()
    {
        await Store.BroughtToAsync(JobPhase.Running);
        await BeatAsync(Samples.Runner, 1);
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10, 1_000_000)).Adopted);
    }

    [Fact]
    public async Task Adopted_jobs_come_before_those_in_line_and_count_with_them()
    {
        for (int i = 0; i < 3; i++) await Store.BroughtToAsync(JobPhase.Running);
        await Store.AddedAsync(Samples.Many(3, _ => Samples.Queued(priority: 10)));
        await LapsedAsync(Samples.Runner);
        var first = await Store.ClaimAsync(Samples.OtherRunner, 2, 30);
        Assert.Equal((2, 0), (first.Adopted.Count, first.Started.Count));
        var second = await Store.ClaimAsync(Samples.OtherRunner, 3, 30);
        Assert.Equal((1, 2), (second.Adopted.Count, second.Started.Count));
    }

    [Fact]
    public async Task What_a_lapsed_runner_has_ended_is_not_in_the_way_of_what_it_held()
    {
        for (int i = 0; i < 3; i++) await Store.BroughtToAsync(JobPhase.Completed);
        var held = await Store.BroughtToAsync(JobPhase.Running);
        await LapsedAsync(Samples.Runner);
        Assert.Equal(held.Id, Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 1, 30)).Adopted).Id);
    }

    [Fact]
    public async Task Only_kinds_that_were_asked_for_are_adopted()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued("other"));
        await LapsedAsync(Samples.Runner);
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10, 30)).Adopted);
        Assert.Equal(job.Id, Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 10, 30, "other")).Adopted).Id);
    }

    [Fact]
    public async Task What_was_adopted_is_adopted_again_when_the_second_runner_lapses()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        await LapsedAsync(Samples.Runner);
        await Store.ClaimAsync(Samples.OtherRunner, 1, 30);
        await LapsedAsync(Samples.OtherRunner);
        var third = Assert.Single((await Store.ClaimAsync(new("runner-3"), 1, 60)).Adopted);
        Assert.Equal((job.Id, new RunnerId("runner-3"), 1), (third.Id, third.Runner, third.Attempt));
        Assert.Equal(2, (await Store.HistoryAsync(job.Id, Token)).Count(line => line.Name == JobEvents.Adopted));
    }

    [Fact]
    public async Task A_session_goes_on_behind_an_adopted_job()
    {
        var jobs = Samples.Many(2, _ => Samples.Queued(session: "s"));
        await Store.AddedAsync(jobs);
        await Store.ClaimedAsync(Samples.Runner);
        await LapsedAsync(Samples.Runner);
        var adopted = Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 10, 30)).Adopted);
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10, 30)).Started);
        await Store.FinishedAsync(adopted);
        Assert.Equal(jobs[1].Id, (await Store.ClaimedAsync(Samples.OtherRunner, at: 31)).Id);
    }

    private ValueTask<HeartbeatResult> BeatAsync(RunnerId runner, long beat, ProcessIdentity? process = null) =>
        Store.HeartbeatAsync(new(runner, beat, process), Token);

    private async Task LapsedAsync(RunnerId runner)
    {
        await BeatAsync(runner, 3);
        Assert.True(await Store.LapseAsync(runner, 3, Token));
    }
}
