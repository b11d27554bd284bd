using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Dead letters, what is asked for by batch, fingerprint and expiry, and the times that statistics are made of.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_job_that_failed_for_good_is_a_dead_letter_until_it_is_redriven()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        await Store.BroughtToAsync(JobPhase.Failed);
        var dead = await Store.AppliedAsync(
            job.Id, JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m")), Samples.At(5), deadLetter: true));
        Assert.True(dead.IsDeadLetter);
        await ListsAsync(new() { DeadLetters = true }, dead);
        await ListsAsync(new() { DeadLetters = true, States = [JobState.Failed], Kind = "work" }, dead);
        await ListsAsync(new() { DeadLetters = true, Kind = "other" });
        var successor = JobId.New(Samples.At(6));
        var redriven = await Store.AppliedAsync(dead.Id, JobTransition.Redrive("ann", successor, dead.Version, Samples.At(6)));
        Assert.Equal((JobPhase.Failed, false, dead.Version + 1), (redriven.Phase, redriven.IsDeadLetter, redriven.Version));
        await ListsAsync(new() { DeadLetters = true });
        SameEvents([new(Samples.At(6), JobEvents.Redriven, "ann", successor.ToString())], await Store.HistoryAsync(dead.Id, Token));
    }

    [Fact]
    public async Task Work_that_was_to_be_cancelled_is_no_dead_letter()
    {
        var job = await Store.BroughtToAsync(JobPhase.RunningCancelling);
        var end = await Store.AppliedAsync(
            job.Id, JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m")), Samples.At(5), deadLetter: true));
        Assert.Equal((JobPhase.Cancelled, false), (end.Phase, end.IsDeadLetter));
    }

    [Fact]
    public async Task A_dead_letter_is_removed_like_every_other_ended_job()
    {
        var job = await Store.AddedAsync(Samples.Full());
        await ListsAsync(new() { DeadLetters = true }, job);
        Assert.Equal(1, await Store.RemoveAsync([job.Id], Token));
        await ListsAsync(new() { DeadLetters = true });
    }

    [Theory]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    public async Task A_rejected_job_lets_the_next_of_its_session_in_and_its_dependents_know(JobState state)
    {
        var rejected = await Store.AddedAsync(Samples.Queued(session: "s"));
        var next = await Store.AddedAsync(Samples.Queued(session: "s"));
        var child = await Store.AddedAsync(After(rejected));
        var outcome = state == JobState.Failed ? JobOutcome.Failed(new("gone", "It is gone.")) : JobOutcome.Cancelled;
        var end = await Store.AppliedAsync(rejected.Id, JobTransition.Reject(outcome, "because", Samples.At(3)));
        Assert.Equal((state, 0, state), (end.State, end.Attempt, end.Outcome!.State));
        Assert.Equal((child.Id, end.Phase), (await ReleasedAsync()).Select(unmet => (unmet.Job, unmet.ParentPhase)).Single());
        Assert.Equal([next.Id], await ClaimedIdsAsync());
        Assert.Equal(ApplyStatus.AlreadyApplied, (await Store.ApplyAsync(rejected.Id, JobTransition.Reject(outcome, "again", Samples.At(4)))).Status);
    }

    [Fact]
    public async Task A_list_is_filtered_by_batch()
    {
        JobId batch = JobId.New(Samples.Start), other = JobId.New(Samples.Start);
        var jobs = new List<Job>();
        foreach (var phase in Enum.GetValues<JobPhase>())
            jobs.Add(await Store.BroughtToAsync(phase, Samples.Queued(new JobSpec("work") { Batch = batch })));
        await Store.AddedAsync(Samples.Queued(new JobSpec("work") { Batch = other }), Samples.Queued(new JobSpec("work") { Parent = batch }));
        await ListsAsync(new() { Batch = batch }, [.. jobs]);
        await ListsAsync(new() { Batch = batch, States = [JobState.Running] }, [.. jobs.Where(job => job.State == JobState.Running)]);
        await ListsAsync(new() { Batch = jobs[0].Id });
        var counts = await Store.CountAsync(new() { Batch = batch }, Token);
        Assert.Equal([1, 2, 2, 1, 1, 1], Enum.GetValues<JobState>().Select(state => counts[state]));
        Assert.Equal(8, (await Store.PagedAsync(new() { Batch = batch, Limit = 3 })).Count);
    }

    [Fact]
    public async Task A_list_is_filtered_by_fingerprint_whether_or_not_it_is_reused()
    {
        Job[] jobs = [Alike(JobReuse.None), Alike(), Alike(JobReuse.None, owner: "bob")];
        await Store.AddedAsync([.. jobs, Alike(fingerprint: "F"), Alike(fingerprint: null), Samples.Queued()]);
        await ListsAsync(new() { Fingerprint = "f" }, jobs);
        await ListsAsync(new() { Fingerprint = "f", Owner = "ann" }, jobs[..2]);
        await ListsAsync(new() { Fingerprint = "" });
    }

    [Fact]
    public async Task A_list_is_filtered_by_the_time_until_which_a_job_is_kept()
    {
        async Task<Job> Ended(double at, double? keepFor)
        {
            var spec = new JobSpec("work") { KeepFor = keepFor is { } time ? TimeSpan.FromSeconds(time) : null };
            return await Store.FinishedAsync(await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(spec)), JobOutcome.Completed(), at);
        }

        Job early = await Ended(10, 5), late = await Ended(5, 60.5), atOnce = await Ended(20, 0);
        await Ended(1, null);
        await Store.AddedAsync(Samples.Queued(new JobSpec("work") { KeepFor = TimeSpan.Zero }));
        await ListsAsync(new() { ExpiredBefore = Samples.At(15) });
        await ListsAsync(new() { ExpiredBefore = Samples.At(15.001) }, early);
        await ListsAsync(new() { ExpiredBefore = Samples.At(21) }, early, atOnce);
        await ListsAsync(new() { ExpiredBefore = Samples.At(65.5) }, early, atOnce);
        await ListsAsync(new() { ExpiredBefore = Samples.At(65.501) }, early, atOnce, late);
    }

    [Fact]
    public async Task The_times_of_jobs_that_have_ended_are_told_newest_first()
    {
        var expected = new List<JobTimes>();
        for (int i = 0; i < 6; i++)
        {
            await Store.AddedAsync(Samples.Queued(at: i, runAt: i + 0.5));
            var job = await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner, at: i + 1), JobOutcome.Completed(), 20 - i);
            expected.Insert(0, new(job.CreatedAt, job.ScheduledAt, job.StartedAt, job.FinishedAt!.Value));
        }
        Assert.Equal(new(Samples.At(5), Samples.At(5.5), Samples.At(6), Samples.At(15)), expected[0]);
        var failed = await Store.BroughtToAsync(JobPhase.Failed);
        var rejected = await Store.AddedAsync(Samples.Queued(at: 30));
        await Store.AppliedAsync(rejected.Id, JobTransition.Reject(JobOutcome.Failed(new("e", "m")), "because", Samples.At(31)));
        await Store.BroughtToAsync(JobPhase.Completed, Samples.Queued("other"));
        await Store.BroughtToAsync(JobPhase.Running);
        Assert.Equal(expected, await Store.RecentAsync("work", JobState.Completed, 100, Token));
        Assert.Equal(expected[..4], await Store.RecentAsync("work", JobState.Completed, 4, Token));
        Assert.Equal([null, failed.StartedAt], (await Store.RecentAsync("work", JobState.Failed, 10, Token)).Select(times => times.StartedAt));
        Assert.Single(await Store.RecentAsync("other", JobState.Completed, 10, Token));
        Assert.Empty(await Store.RecentAsync("work", JobState.Cancelled, 10, Token));
        Assert.Empty(await Store.RecentAsync("work", JobState.Running, 10, Token));
        Assert.Empty(await Store.RecentAsync("work", JobState.Completed, 0, Token));
    }
}
