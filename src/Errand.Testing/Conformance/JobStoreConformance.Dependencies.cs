using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Dependencies: a job starts after others, once each has ended as it should.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_job_is_held_back_until_the_one_before_it_has_completed()
    {
        var parent = await Store.AddedAsync(Samples.Queued());
        var child = await Store.AddedAsync(After(parent));
        Assert.Equal((JobHolds.Parents, 1), (child.Holds, child.PendingParents));
        SameJob.Assert(child, await Store.FindAsync(child.Id, Token));
        Assert.Null(await Store.PlaceAsync(child.Id, 10, Token));
        var held = await Store.ClaimedAsync(Samples.Runner);
        Assert.Empty(await ReleasedAsync());
        Assert.Empty(await ClaimedIdsAsync());
        await Store.FinishedAsync(held);
        Assert.Empty(await ReleasedAsync());
        var free = await Store.FoundAsync(child.Id);
        Assert.Equal((JobHolds.None, 0, 1L, Samples.Start), (free.Holds, free.PendingParents, free.Version, free.LastActivityAt));
        Assert.Equal(0, await Store.PlaceAsync(child.Id, 10, Token));
        Assert.Equal([child.Id], await ClaimedIdsAsync(at: 2));
    }

    [Theory]
    [InlineData(JobPhase.Completed, false, true)]
    [InlineData(JobPhase.Failed, false, false)]
    [InlineData(JobPhase.Cancelled, false, false)]
    [InlineData(JobPhase.Completed, true, true)]
    [InlineData(JobPhase.Failed, true, true)]
    [InlineData(JobPhase.Cancelled, true, true)]
    public async Task An_end_before_the_add_counts_like_one_after_it(JobPhase end, bool onAnyEnd, bool isMet)
    {
        var ended = await Store.BroughtToAsync(end);
        var running = await Store.BroughtToAsync(JobPhase.Running);
        var early = await Store.AddedAsync(After(running, onAnyEnd));
        var late = await Store.AddedAsync(After(ended, onAnyEnd));
        Assert.Equal(isMet ? (JobHolds.None, 0) : (JobHolds.Parents, 1), (late.Holds, late.PendingParents));
        await Store.FinishedAsync(running, JobOutcome.Of(end.ToState()));
        var unmet = await ReleasedAsync();
        Assert.Equal(
            isMet ? [] : new HashSet<UnmetDependency> { new(early.Id, running.Id, end), new(late.Id, ended.Id, end) },
            unmet.ToHashSet());
        Assert.Equal(isMet ? [early.Id, late.Id] : [], await ClaimedIdsAsync());
    }

    [Fact]
    public async Task What_is_not_met_is_answered_until_the_dependent_has_ended()
    {
        var parent = await Store.BroughtToAsync(JobPhase.Failed);
        var rejected = await Store.AddedAsync(After(parent));
        var cancelled = await Store.AddedAsync(After(parent));
        for (int i = 0; i < 3; i++) Assert.Equal(2, (await ReleasedAsync()).Count);
        var outcome = JobOutcome.Failed(new(JobErrorCodes.DependencyFailed, "The job before it failed."));
        var end = await Store.AppliedAsync(rejected.Id, JobTransition.Reject(outcome, "because", Samples.At(5)));
        Assert.Equal((JobPhase.Failed, JobErrorCodes.DependencyFailed, Samples.At(5)), (end.Phase, end.Outcome!.Error!.Code, end.FinishedAt));
        Assert.Equal(cancelled.Id, Assert.Single(await ReleasedAsync()).Job);
        await Store.AppliedAsync(cancelled.Id, JobTransition.RequestCancel("bob", Samples.At(6)));
        Assert.Empty(await ReleasedAsync());
        Assert.False((await Store.ReleaseAsync(10, Token)).More);
        Assert.Empty(await ClaimedIdsAsync());
    }

    [Fact]
    public async Task A_chain_starts_one_after_the_other_and_fails_one_after_the_other()
    {
        var jobs = new List<Job> { Samples.Queued() };
        for (int i = 0; i < 4; i++) jobs.Add(After(jobs[^1]));
        await Store.AddedAsync(jobs);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal([jobs[i].Id], await ClaimedIdsAsync());
            await Store.FinishedAsync(await Store.FoundAsync(jobs[i].Id));
            await ReleasedAsync();
        }
        await Store.AppliedAsync(jobs[2].Id, JobTransition.RequestCancel("bob", Samples.At(3)));
        for (int i = 3; i < 5; i++)
        {
            var unmet = Assert.Single(await ReleasedAsync());
            Assert.Equal((jobs[i].Id, jobs[i - 1].Id, JobPhase.Cancelled), (unmet.Job, unmet.Parent, unmet.ParentPhase));
            await Store.AppliedAsync(unmet.Job, JobTransition.Reject(JobOutcome.Cancelled, "the one before it was cancelled", Samples.At(4)));
        }
        Assert.Empty(await ReleasedAsync());
    }

    [Fact]
    public async Task Many_start_after_one()
    {
        var parent = await Store.AddedAsync(Samples.Queued());
        var children = Samples.Many(50, i => After(parent, onAnyEnd: i % 2 == 0));
        await Store.AddedAsync(children);
        await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner), JobOutcome.Failed(new("e", "m")));
        var unmet = await ReleasedAsync();
        Assert.Equal(children.Where((_, i) => i % 2 == 1).Select(job => job.Id).Order(), unmet.Select(dependency => dependency.Job).Order());
        Assert.Equal(children.Where((_, i) => i % 2 == 0).Select(job => job.Id), await ClaimedIdsAsync());
    }

    [Fact]
    public async Task One_starts_after_the_last_of_many()
    {
        var parents = Samples.Many(4, _ => Samples.Queued("parent"));
        var ended = await Store.BroughtToAsync(JobPhase.Completed);
        await Store.AddedAsync(parents);
        var child = await Store.AddedAsync(AfterAll([ended, .. parents]));
        Assert.Equal(4, child.PendingParents);
        for (int left = 3; left >= 0; left--)
        {
            await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner, 1, "parent"));
            await ReleasedAsync();
            Assert.Equal(left, (await Store.FoundAsync(child.Id)).PendingParents);
            Assert.Equal(left == 0 ? [child.Id] : [], await ClaimedIdsAsync(at: 1));
        }
    }

    [Fact]
    public async Task A_job_may_name_the_same_parent_twice()
    {
        var parent = await Store.BroughtToAsync(JobPhase.Running);
        var child = Samples.Queued(new JobSpec("work") { After = [JobDependency.OnSuccess(parent.Id), JobDependency.OnEnd(parent.Id)] });
        await Store.AddedAsync(child);
        await Store.FinishedAsync(parent, JobOutcome.Failed(new("e", "m")));
        Assert.Equal(child.Id, Assert.Single(await ReleasedAsync()).Job);
        Assert.Equal((JobHolds.Parents, 1), await Store.FoundAsync(child.Id) is var told ? (told.Holds, told.PendingParents) : default);
        Assert.Empty(await ClaimedIdsAsync());
        var other = await Store.BroughtToAsync(JobPhase.Running);
        var next = await Store.AddedAsync(AfterAll([other, other]));
        await Store.FinishedAsync(other);
        await ReleasedAsync();
        Assert.Equal([next.Id], await ClaimedIdsAsync());
    }

    [Fact]
    public async Task A_job_after_one_that_is_not_there_is_refused_and_all_that_came_with_it()
    {
        var there = await Store.AddedAsync(Samples.Queued(key: "k"));
        var unknown = JobId.New(Samples.Start);
        Job[] jobs =
        [
            Samples.Queued(), Samples.Queued(key: "k"),
            Samples.Queued(new JobSpec("work") { After = [JobDependency.OnEnd(there.Id), JobDependency.OnEnd(unknown)] }),
            After(there),
        ];
        var results = await Store.AddAsync(jobs, Token);
        Assert.All(results, result => Assert.False(result.Added));
        Assert.Equal(new(RefusalReason.UnknownParent, unknown.ToString()), results[2].Refusal);
        Assert.Equal(RefusalReason.Others, results[0].Refusal?.Reason);
        Assert.Equal(RefusalReason.Others, results[3].Refusal?.Reason);
        Assert.Equal([there.Id], (await Store.ListAsync(new(), Token)).Items.Select(job => job.Id));
        Assert.Equal([there.Id], await ClaimedIdsAsync());
        await Store.FinishedAsync(await Store.FoundAsync(there.Id));
        Assert.False((await Store.ReleaseAsync(10, Token)).More);
    }

    [Theory]
    [InlineData("itself")]
    [InlineData("one after it")]
    [InlineData("one that another answers for")]
    public async Task Within_an_add_a_job_starts_only_after_those_that_are_added_before_it(string what)
    {
        await Store.AddedAsync(Samples.Queued(key: "k"));
        var first = Samples.Queued(key: what == "one that another answers for" ? "k" : null);
        var second = After(first);
        Job[] jobs = what switch
        {
            "itself" => [first, second with { Spec = second.Spec with { After = [JobDependency.OnEnd(second.Id)] } }],
            "one after it" => [second, first],
            _ => [first, second],
        };
        var results = await Store.AddAsync(jobs, Token);
        var refused = results.Single(result => result.Job.Id == second.Id);
        Assert.Equal(new(RefusalReason.UnknownParent, (what == "itself" ? second : first).Id.ToString()), refused.Refusal);
        Assert.Single((await Store.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task A_job_that_is_there_already_is_not_refused_for_parents_that_are_gone()
    {
        var parent = await Store.BroughtToAsync(JobPhase.Completed);
        var child = await Store.BroughtToAsync(JobPhase.Completed, After(parent));
        Assert.Equal(1, await Store.RemoveAsync([parent.Id], Token));
        var again = Assert.Single(await Store.AddAsync([child], Token));
        Assert.Equal((false, null, child.Id), (again.Added, again.Refusal, again.Job.Id));
    }

    [Fact]
    public async Task What_is_added_as_running_waits_for_nothing()
    {
        var parent = await Store.AddedAsync(Samples.Queued());
        var running = Samples.Running(Samples.Runner);
        var added = await Store.AddedAsync(running with { Spec = running.Spec with { After = [JobDependency.OnSuccess(parent.Id)] } });
        Assert.Equal((JobPhase.Running, JobHolds.None, 0), (added.Phase, added.Holds, added.PendingParents));
        await Store.AppliedAsync(parent.Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        Assert.Empty(await ReleasedAsync());
        Assert.Equal(JobPhase.Completed, (await Store.FinishedAsync(added)).Phase);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_waits_for_its_time_its_turn_and_its_parents(bool parentFirst)
    {
        var before = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s"));
        var parent = await Store.BroughtToAsync(JobPhase.Running);
        var spec = new JobSpec("work") { Owner = "ann", Session = "s", RunAt = Samples.At(60), After = [JobDependency.OnSuccess(parent.Id)] };
        var child = await Store.AddedAsync(Samples.Queued(spec));
        Assert.Equal(JobHolds.Parents | JobHolds.Session | JobHolds.Future, child.Holds);
        await Store.FinishedAsync(parentFirst ? parent : before);
        await ReleasedAsync();
        Assert.Empty(await ClaimedIdsAsync(at: 61));
        Assert.Equal(parentFirst ? JobHolds.Session : JobHolds.Parents, (await Store.FoundAsync(child.Id)).Holds);
        await Store.FinishedAsync(parentFirst ? before : parent);
        await ReleasedAsync();
        Assert.Equal([child.Id], await ClaimedIdsAsync(at: 62));
    }

    [Fact]
    public async Task What_a_job_starts_after_is_kept_with_it()
    {
        Job[] parents = [await Store.AddedAsync(Samples.Queued()), await Store.BroughtToAsync(JobPhase.Completed)];
        var spec = Samples.FullSpec() with { After = [JobDependency.OnEnd(parents[0].Id), JobDependency.OnSuccess(parents[1].Id)] };
        var child = await Store.AddedAsync(Samples.Queued(spec));
        SameJob.Assert(child, await Store.FindAsync(child.Id, Token));
        Assert.Equal(spec.After, child.Spec.After);
    }

    private static Job After(Job parent, bool onAnyEnd = false) => Samples.Queued(new JobSpec("work") { After = [new(parent.Id, onAnyEnd)] });

    private static Job AfterAll(IEnumerable<Job> parents) =>
        Samples.Queued(new JobSpec("work") { After = [.. parents.Select(parent => JobDependency.OnSuccess(parent.Id))] });

    /// <summary>Releases all there is, and answers what is not met.</summary>
    private async Task<IReadOnlyList<UnmetDependency>> ReleasedAsync()
    {
        var result = await Store.ReleaseAsync(10_000, Token);
        Assert.False(result.More, "There is more to do for those who asked for all of it.");
        return result.Unmet;
    }
}
