using System.Collections.Concurrent;
using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Releasing: whoever ends a job and whoever tells its dependents, in small steps, twice or at the same moment, nobody is left behind.
public abstract partial class JobStoreConformance
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Small_steps_lead_to_the_end_of_it(int limit)
    {
        var parents = Samples.Many(5, _ => Samples.Queued("parent"));
        await Store.AddedAsync(parents);
        var children = parents.SelectMany((parent, i) => Samples.Many(4, n => After(parent, onAnyEnd: n < 3))).ToArray();
        await Store.AddedAsync(children);
        foreach (var (held, i) in (await Store.ClaimAsync(Samples.Runner, 10, 1, "parent")).Started.Select((job, i) => (job, i)))
            await Store.FinishedAsync(held, i % 2 == 0 ? JobOutcome.Completed() : JobOutcome.Failed(new("e", "m")));
        int steps = 0, rejected = 0;
        while (true)
        {
            var result = await Store.ReleaseAsync(limit, Token);
            Assert.True(result.Unmet.Count <= limit, "More was looked at than was asked for.");
            foreach (var unmet in result.Unmet)
            {
                await Store.AppliedAsync(unmet.Job, JobTransition.Reject(JobOutcome.Cancelled, "because", Samples.At(3)));
                rejected++;
            }
            if (!result.More) break;
            Assert.True(++steps < 200, "It does not come to an end.");
        }
        Assert.Equal(2, rejected);
        Assert.Equal(18, (await ClaimedIdsAsync()).Count);
        Assert.Empty(await ReleasedAsync());
    }

    [Fact]
    public async Task A_release_of_nothing_says_so()
    {
        await Store.AddedAsync(Samples.Queued());
        var result = await Store.ReleaseAsync(10, Token);
        Assert.Empty(result.Unmet);
        Assert.False(result.More);
    }

    [Fact]
    public async Task What_ends_in_one_instance_is_released_by_the_other()
    {
        var second = await SecondAsync();
        var parent = await Store.BroughtToAsync(JobPhase.Running);
        var child = await second.AddedAsync(After(parent));
        await Store.FinishedAsync(parent);
        Assert.Empty((await second.ReleaseAsync(10, Token)).Unmet);
        Assert.Equal([child.Id], await ClaimedIdsAsync());
        Assert.False((await Store.ReleaseAsync(10, Token)).More);
    }

    [Fact]
    public async Task Dependents_that_are_told_by_many_at_once_are_told_once()
    {
        var second = await SecondAsync();
        var parents = Samples.Many(6, _ => Samples.Running(Samples.Runner));
        await Store.AddedAsync(parents);
        // The last parent never ends: a child that is told twice of another one would start.
        var children = Samples.Many(40, _ => AfterAll(parents));
        await Store.AddedAsync(children);
        for (int i = 0; i < 5; i++)
        {
            await Store.FinishedAsync(parents[i]);
            await AtOnceAsync(4, async n =>
            {
                while ((await (n % 2 == 0 ? Store : second).ReleaseAsync(7, Token)).More) { }
                return true;
            });
            foreach (var child in children) Assert.Equal(5 - i, (await Store.FoundAsync(child.Id)).PendingParents);
        }
        Assert.Empty(await ClaimedIdsAsync());
    }

    [Fact]
    public async Task Nobody_stays_held_who_is_added_while_the_one_before_ends()
    {
        const int rounds = 40, children = 3;
        var second = await SecondAsync();
        for (int round = 0; round < rounds; round++)
        {
            var parent = await Store.AddedAsync(Samples.Running(Samples.Runner));
            var outcome = round % 2 == 0 ? JobOutcome.Completed() : JobOutcome.Failed(new("e", "m"));
            await AtOnceAsync(children + 1, async i =>
            {
                if (i == 0) await Store.FinishedAsync(parent, outcome);
                else await (i % 2 == 0 ? Store : second).AddedAsync(After(parent));
                return true;
            });
            var unmet = await ReleasedAsync();
            Assert.Equal((round, round % 2 == 0 ? 0 : children), (round, unmet.Count));
            foreach (var dependency in unmet)
                await Store.AppliedAsync(dependency.Job, JobTransition.Reject(JobOutcome.Cancelled, "because", Samples.At(2)));
        }
        Assert.Equal(rounds / 2 * children, (await ClaimedIdsAsync()).Count);
    }

    [Fact]
    public async Task Nobody_stays_held_while_all_goes_on_at_once()
    {
        const int count = 60;
        var second = await SecondAsync();
        var ended = new ConcurrentBag<JobId>();
        await AtOnceAsync(4, async (i, stop) =>
        {
            var store = i % 2 == 0 ? Store : second;
            Job? before = null;
            for (int n = 0; i < 2 && n < count / 2; n++)
                before = await store.AddedAsync(before is null || n % 5 == 0 ? Samples.Queued() : After(before, onAnyEnd: true));
            while (ended.Count < count && !stop.IsCancellationRequested)
            {
                var started = (await store.ClaimAsync(new($"runner-{i}"), 3, 100)).Started;
                foreach (var job in started)
                {
                    Assert.Equal(0, job.PendingParents);
                    await store.FinishedAsync(job);
                    ended.Add(job.Id);
                }
                await store.ReleaseAsync(5, Token);
                if (started.Count == 0) await BreathAsync();
            }
            return true;
        });
        Assert.Equal(count, ended.Distinct().Count());
    }

    [Fact]
    public async Task An_end_hints_that_there_is_something_to_release_and_the_release_that_somebody_is_ready()
    {
        var parent = await Store.BroughtToAsync(JobPhase.Running);
        using var trap = new HintTrap(Store);
        var child = await Store.AddedAsync(After(parent));
        await HintedAsync(trap, hint => hint.Job == child.Id);
        Assert.DoesNotContain(trap.Caught, hint => hint.Job == child.Id && hint.Ready);
        Assert.DoesNotContain(trap.Caught, hint => hint.Releases);
        await Store.FinishedAsync(parent);
        await HintedAsync(trap, hint => hint.Releases);
        await ReleasedAsync();
        await HintedAsync(trap, hint => hint.Job == child.Id && hint.Ready);
    }

    [Fact]
    public async Task A_job_that_waits_for_what_will_never_be_is_hinted_at_when_it_is_added()
    {
        var parent = await Store.BroughtToAsync(JobPhase.Failed);
        using var trap = new HintTrap(Store);
        await Store.AddedAsync(After(parent, onAnyEnd: true));
        await Store.AddedAsync(Samples.Queued());
        Assert.DoesNotContain(trap.Caught, hint => hint.Releases);
        await Store.AddedAsync(After(parent));
        await HintedAsync(trap, hint => hint.Releases);
    }

    [Fact]
    public async Task B_44_a_job_that_a_live_one_starts_after_is_not_removed_before_that_has_ended()
    {
        var ended = await Store.BroughtToAsync(JobPhase.Completed);
        var failed = await Store.BroughtToAsync(JobPhase.Failed);
        var child = await Store.AddedAsync(Samples.Queued(new JobSpec("work")
        {
            After = [JobDependency.OnSuccess(ended.Id), JobDependency.OnSuccess(failed.Id)],
        }));
        var running = Samples.Running(Samples.Runner);
        running = await Store.AddedAsync(running with { Spec = running.Spec with { After = [JobDependency.OnEnd(ended.Id)] } });
        Assert.Equal(0, await Store.RemoveAsync([ended.Id, failed.Id, child.Id], Token));
        Assert.Equal(child.Id, Assert.Single(await ReleasedAsync()).Job);
        await Store.AppliedAsync(child.Id, JobTransition.Reject(JobOutcome.Cancelled, "because", Samples.At(1)));
        Assert.Equal(1, await Store.RemoveAsync([ended.Id, failed.Id], Token));
        await Store.FinishedAsync(running);
        Assert.Equal(2, await Store.RemoveAsync([ended.Id, failed.Id, child.Id], Token));
        Assert.Empty(await ReleasedAsync());
        Assert.Equal(ApplyStatus.Unknown, (await Store.ApplyAsync(child.Id, JobTransition.RequestCancel("bob", Samples.At(2)))).Status);
    }

    [Fact]
    public async Task A_job_is_told_once_beside_those_that_will_never_start_however_few_are_looked_at()
    {
        var failed = await Store.BroughtToAsync(JobPhase.Running);
        var live = await Store.AddedAsync(Samples.Queued());
        await Store.AddedAsync(After(failed));
        var waits = await Store.AddedAsync(
            Samples.Queued(new JobSpec("work") { After = [JobDependency.OnEnd(failed.Id), JobDependency.OnEnd(live.Id)] }));
        await Store.FinishedAsync(failed, JobOutcome.Failed(new("e", "m")));
        for (int i = 0; i < 5; i++) await Store.ReleaseAsync(1, Token);
        Assert.Equal((JobHolds.Parents, 1), await Store.FoundAsync(waits.Id) is var job ? (job.Holds, job.PendingParents) : default);
    }

    [Fact]
    public async Task A_purge_and_an_add_that_race_leave_no_job_without_the_one_before_it()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 30; round++)
        {
            var parent = await Store.BroughtToAsync(JobPhase.Completed);
            AddResult added = default;
            int removed = 0;
            await AtOnceAsync(2, async i =>
            {
                if (i == 0) removed = await Store.RemoveAsync([parent.Id], Token);
                else added = Assert.Single(await second.AddAsync([After(parent)], Token));
                return true;
            });
            Assert.Equal((round, removed), (round, added.Added ? 0 : 1));
            Assert.Equal(added.Added ? null : RefusalReason.UnknownParent, added.Refusal?.Reason);
        }
    }
}
