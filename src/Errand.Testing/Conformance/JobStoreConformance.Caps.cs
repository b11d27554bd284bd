using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

// Caps: how many of those that share something run at once, and who is next.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task H_1_no_more_jobs_of_a_cap_run_than_it_allows()
    {
        var jobs = Samples.Many(5, _ => Samples.Queued().Under(Cap("gpu", 2)));
        await Store.AddedAsync(jobs);
        var started = (await Store.ClaimAsync(Samples.Runner, 10)).Started;
        Assert.Equal([jobs[0].Id, jobs[1].Id], started.Select(job => job.Id));
        Assert.Empty((await Store.ClaimAsync(Samples.OtherRunner, 10)).Started);
        await Store.UsesAsync("gpu", running: 2, queued: 3, waiting: 3);
        await Store.FinishedAsync(started[1]);
        await Store.UsesAsync("gpu", running: 1, queued: 3, waiting: 3);
        Assert.Equal(jobs[2].Id, Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 10)).Started).Id);
    }

    [Fact]
    public async Task What_a_cap_holds_back_says_so_and_says_so_no_longer_once_it_runs()
    {
        var first = await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        first = await Store.ClaimedAsync(Samples.Runner);
        var second = await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        Assert.Equal((JobHolds.Cap, "gpu"), (second.Holds, second.WaitsForCap));
        SameJob.Assert(second, await Store.FoundAsync(second.Id));
        await Store.FinishedAsync(first);
        var started = await Store.ClaimedAsync(Samples.Runner);
        Assert.Equal((second.Id, JobHolds.None, null), (started.Id, started.Holds, started.WaitsForCap));
        SameJob.Assert(started, await Store.FoundAsync(second.Id));
        Assert.Equal(second.Version + 1, started.Version);
    }

    [Fact]
    public async Task What_was_in_line_before_its_cap_was_full_is_held_back_by_the_claim_that_comes_to_it()
    {
        var jobs = Samples.Many(3, _ => Samples.Queued().Under(Cap("gpu", 1)));
        await Store.AddedAsync(jobs);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 2)).Started);
        foreach (var job in jobs[1..])
        {
            var held = await Store.FoundAsync(job.Id);
            Assert.Equal((JobHolds.Cap, "gpu", job.Version), (held.Holds, held.WaitsForCap, held.Version));
        }
    }

    [Fact]
    public async Task The_caps_of_a_job_come_back_as_they_were_given()
    {
        JobCap[] caps =
        [
            Cap("kind/work", 3), Cap("key/größer", queued: 7), Cap("all", 1, 2, new(5, TimeSpan.FromSeconds(7)) { Burst = 4 }),
            new("none", CapSize.Unlimited),
        ];
        var job = await Store.AddedAsync(Samples.Queued().Under(caps));
        Assert.Equal(caps, (await Store.FoundAsync(job.Id)).Caps);
        Assert.Equal(caps, (await Store.ClaimedAsync(Samples.Runner)).Caps);
        var uses = await Store.ListCapsAsync("", null, 10, Token);
        Assert.Equal(caps.OrderBy(cap => cap.Name, StringComparer.Ordinal), uses.Select(use => use.Cap));
    }

    [Fact]
    public async Task Jobs_at_a_cap_are_started_by_rank_and_order_of_arrival()
    {
        var running = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        Job[] jobs =
        [
            Samples.Queued(at: 30), Samples.Queued("other", at: 20), Samples.Queued(at: 20), Samples.Queued(at: 80, priority: 1),
            Samples.Queued("other", at: 10),
        ];
        jobs = [.. jobs.Select(job => job.Under(Cap("gpu", 1)))];
        foreach (var job in jobs) await Store.AddedAsync(job);
        Assert.Equal([4, 1, 2, 3, 0], await PlacesAsync(jobs));
        List<JobId> order = [];
        foreach (var _ in jobs)
        {
            await Store.FinishedAsync(running);
            running = await Store.ClaimedAsync(Samples.Runner, at: 100, "work", "other");
            order.Add(running.Id);
        }
        Assert.Equal([jobs[4].Id, jobs[1].Id, jobs[2].Id, jobs[3].Id, jobs[0].Id], order);
    }

    [Fact]
    public async Task Those_at_a_cap_and_those_in_line_share_one_order()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var late = await Store.AddedAsync(Samples.Queued(at: 30).Under(Cap("gpu", 2)));
        await Store.ClaimAsync(Samples.Runner, 1, 40);
        Job[] free = [await Store.AddedAsync(Samples.Queued(at: 10)), await Store.AddedAsync(Samples.Queued(at: 50))];
        var capped = Samples.Many(2, i => Samples.Queued(at: 20 - (15 * i)).Under(Cap("gpu", 2)));
        await Store.AddedAsync(capped);
        await Store.FinishedAsync(held);
        await Store.FinishedAsync(await Store.FoundAsync(late.Id));
        var started = (await Store.ClaimAsync(Samples.Runner, 10, 100)).Started;
        Assert.Equal([capped[1].Id, free[0].Id, capped[0].Id, free[1].Id], started.Select(job => job.Id));
    }

    [Fact]
    public async Task Those_whom_a_cap_holds_back_do_not_hide_those_that_could_start()
    {
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 2)));
        await Store.AddedAsync(Samples.Many(700, _ => Samples.Queued().Under(Cap("gpu", 2))));
        var free = await Store.AddedAsync(Samples.Queued(at: 1));
        var started = (await Store.ClaimAsync(Samples.Runner, 2, 10)).Started;
        Assert.Equal(2, started.Count);
        Assert.Equal(free.Id, started[1].Id);
        await Store.UsesAsync("gpu", running: 2, queued: 699, waiting: 699);
    }

    [Fact]
    public async Task A_claim_takes_from_an_open_cap_only_the_kinds_it_asks_for()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var other = await Store.AddedAsync(Samples.Queued("other").Under(Cap("gpu", 1)));
        var mine = await Store.AddedAsync(Samples.Queued(at: 1).Under(Cap("gpu", 1)));
        await Store.FinishedAsync(held);
        var started = Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 10)).Started);
        Assert.Equal(mine.Id, started.Id);
        await Store.FinishedAsync(started);
        Assert.Equal(other.Id, (await Store.ClaimedAsync(Samples.Runner, 10, "other")).Id);
    }

    [Fact]
    public async Task A_job_under_several_caps_starts_once_each_of_them_lets_it()
    {
        var a = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("a", 1)));
        var b = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("b", 1)));
        var both = await Store.AddedAsync(Samples.Queued().Under(Cap("a", 1), Cap("b", 1)));
        Assert.Equal("a", both.WaitsForCap);
        await Store.FinishedAsync(a);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5)).Started);
        Assert.Equal("b", (await Store.FoundAsync(both.Id)).WaitsForCap);
        await Store.UsesAsync("a", running: 0, queued: 1, waiting: 0);
        await Store.UsesAsync("b", running: 1, queued: 1, waiting: 1);
        await Store.FinishedAsync(b);
        Assert.Equal(both.Id, (await Store.ClaimedAsync(Samples.Runner)).Id);
        await Store.UsesAsync("a", running: 1, queued: 0, waiting: 0);
        await Store.UsesAsync("b", running: 1, queued: 0, waiting: 0);
    }

    [Fact]
    public async Task Those_behind_one_who_goes_over_to_another_cap_are_before_those_who_came_after_them()
    {
        var a = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("a", 1)));
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("b", 1)));
        await Store.AddedAsync(Samples.Many(2, _ => Samples.Queued().Under(Cap("a", 1), Cap("b", 1))));
        var behind = await Store.AddedAsync(Samples.Queued(at: 1).Under(Cap("a", 1)));
        var after = await Store.AddedAsync(Samples.Queued("other", at: 2).Under(Cap("a", 1), Cap("c", 1)));
        await Store.FinishedAsync(a);
        Assert.Equal(behind.Id, Assert.Single((await Store.ClaimAsync(new(Samples.Runner, ["work", "other"], 5, Samples.At(5)), Token)).Started).Id);
        Assert.Equal("a", (await Store.FoundAsync(after.Id)).WaitsForCap);
        await Store.UsesAsync("b", running: 1, queued: 2, waiting: 2);
    }

    [Fact]
    public async Task A_cap_that_is_full_does_not_close_another()
    {
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("a", 1)));
        await Store.AddedAsync(Samples.Queued().Under(Cap("a", 1)));
        var b = await Store.AddedAsync(Samples.Queued(at: 1).Under(Cap("b", 1)));
        Assert.Equal(b.Id, (await Store.ClaimedAsync(Samples.Runner, 5)).Id);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(1, 0)]
    public async Task The_size_that_was_submitted_last_holds_for_all(int size, int more)
    {
        await Store.AddedAsync(Samples.Many(4, _ => Samples.Queued().Under(Cap("gpu", 1))));
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 10)).Started);
        await Store.AddedAsync(Samples.Queued(at: 1).Under(Cap("gpu", size)));
        Assert.Equal(more, (await Store.ClaimAsync(Samples.Runner, 10, 5)).Started.Count);
        Assert.Equal(Cap("gpu", size), (await Store.UseOfAsync("gpu"))!.Cap);
    }

    [Fact]
    public async Task A_cap_that_was_made_smaller_lets_nobody_start_until_enough_have_ended()
    {
        await Store.AddedAsync(Samples.Many(4, _ => Samples.Queued().Under(Cap("gpu", 3))));
        var started = (await Store.ClaimAsync(Samples.Runner, 10)).Started;
        await Store.AddedAsync(Samples.Queued(at: 1).Under(Cap("gpu", 1)));
        await Store.FinishedAsync(started[0]);
        await Store.FinishedAsync(started[1]);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 10, 5)).Started);
        await Store.FinishedAsync(started[2]);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 10, 5)).Started);
    }

    [Fact]
    public async Task What_was_promoted_counts_and_may_exceed()
    {
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var promoted = await Store.AddedAsync((Samples.Running(Samples.Runner) with { PromotedAt = Samples.At(1) }).Under(Cap("gpu", 1)));
        await Store.UsesAsync("gpu", running: 2, queued: 0, waiting: 0);
        await Store.FinishedAsync(promoted);
        await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 10)).Started);
    }

    [Fact]
    public async Task H_1_a_cap_is_not_exceeded_while_many_claim()
    {
        var second = await SecondAsync();
        await Store.AddedAsync(Samples.Many(60, i => Samples.Queued(i % 2 == 0 ? "work" : "other").Under(Cap("gpu", 3))));
        int running = 0, most = 0, ended = 0;
        await AtOnceAsync(6, async (i, stop) =>
        {
            var store = i % 2 == 0 ? Store : second;
            while (Volatile.Read(ref ended) < 60 && !stop.IsCancellationRequested)
            {
                var started = (await store.ClaimAsync(new($"runner-{i}"), 2, 5, "work", "other")).Started;
                RaiseTo(ref most, Interlocked.Add(ref running, started.Count));
                foreach (var job in started)
                {
                    Interlocked.Decrement(ref running);
                    await store.FinishedAsync(job);
                    Interlocked.Increment(ref ended);
                }
                if (started.Count == 0) await BreathAsync();
            }
            return true;
        });
        Assert.InRange(most, 1, 3);
        await Store.UsesNoneAsync();
    }

    private async Task<int?[]> PlacesAsync(IEnumerable<Job> jobs)
    {
        List<int?> places = [];
        foreach (var job in jobs) places.Add(await Store.PlaceAsync(job.Id, 100, Token));
        return [.. places];
    }

    private static void RaiseTo(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); seen < value;)
        {
            int found = Interlocked.CompareExchange(ref most, value, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}
