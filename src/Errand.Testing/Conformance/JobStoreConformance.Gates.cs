using Errand.Storage;
using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

// Gates: when jobs are not taken in, and when those that are there do not start.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task H_3_a_job_is_refused_when_as_many_wait_under_its_cap_as_may()
    {
        var cap = Cap("inbox", 1, queued: 2);
        var jobs = Samples.Many(2, _ => Samples.Queued().Under(cap));
        foreach (var job in jobs) await Store.AddedAsync(job);
        Assert.Equal([new(RefusalReason.CapFull, "inbox")], await Store.RefusedAsync(Samples.Queued().Under(cap)));
        await Store.UsesAsync("inbox", running: 0, queued: 2, waiting: 0);
        await Store.ClaimedAsync(Samples.Runner);
        await Store.AddedAsync(Samples.Queued().Under(cap));
        await Store.RefusedAsync(Samples.Queued().Under(cap));
        await Store.AppliedAsync(jobs[1].Id, JobTransition.RequestCancel("bob", Samples.At(1)));
        await Store.AddedAsync(Samples.Queued().Under(cap));
    }

    [Fact]
    public async Task Jobs_that_wait_for_anything_count_as_waiting_under_their_cap()
    {
        var cap = Cap("inbox", queued: 2);
        await Store.AddedAsync(Samples.Queued(runAt: 60).Under(cap));
        await Store.BroughtToAsync(JobPhase.Running, Samples.Queued(session: "s"));
        await Store.AddedAsync(Samples.Queued(session: "s").Under(cap));
        await Store.RefusedAsync(Samples.Queued().Under(cap));
    }

    [Fact]
    public async Task Of_jobs_that_do_not_all_fit_none_is_added()
    {
        JobCap inbox = Cap("inbox", queued: 3), other = Cap("other", queued: 3);
        await Store.AddedAsync(Samples.Queued().Under(inbox));
        Job[] jobs = [Samples.Queued(), Samples.Queued().Under(other), Samples.Queued().Under(inbox), Samples.Queued().Under(inbox), Samples.Queued().Under(other, inbox)];
        var refusals = await Store.RefusedAsync(jobs);
        Assert.Equal(new(RefusalReason.CapFull, "inbox"), refusals[4]);
        Assert.All(refusals.Take(4), refusal => Assert.Equal(new(RefusalReason.Others, jobs[4].Id.ToString()), refusal));
        await Store.UsesAsync("inbox", running: 0, queued: 1, waiting: 0);
        await Store.UsesAsync("other", running: 0, queued: 0, waiting: 0);
        Assert.Equal(1, (await Store.CountAsync(new(), Token)).Values.Sum());
        await Store.AddedAsync(jobs[..4]);
    }

    [Fact]
    public async Task What_is_there_already_is_answered_however_full_its_cap_is()
    {
        var cap = Cap("inbox", queued: 2);
        var byId = await Store.AddedAsync(Samples.Queued().Under(cap));
        var byKey = await Store.AddedAsync(Samples.Queued(key: "k").Under(cap));
        var results = await Store.AddAsync([byId, Samples.Queued(key: "k").Under(cap)], Token);
        Assert.Equal([(false, byId.Id, null), (false, byKey.Id, null)], results.Select(result => (result.Added, result.Job.Id, result.Refusal)));
        await Store.UsesAsync("inbox", running: 0, queued: 2, waiting: 0);
    }

    [Fact]
    public async Task What_is_there_already_takes_no_room_from_what_is_new()
    {
        var cap = Cap("inbox", queued: 2);
        var first = await Store.AddedAsync(Samples.Queued(key: "k").Under(cap));
        var second = Samples.Queued().Under(cap);
        var results = await Store.AddAsync([Samples.Queued(key: "k").Under(cap), first, second], Token);
        Assert.Equal([(false, first.Id), (false, first.Id), (true, second.Id)], results.Select(result => (result.Added, result.Job.Id)));
        await Store.RefusedAsync(Samples.Queued().Under(cap));
    }

    [Fact]
    public async Task A_size_that_came_with_a_refused_job_does_not_hold()
    {
        await Store.AddedAsync(Samples.Many(2, _ => Samples.Queued().Under(Cap("inbox", 1, queued: 5))));
        await Store.RefusedAsync(Samples.Queued().Under(Cap("inbox", 7, queued: 1)));
        Assert.Equal(Cap("inbox", 1, queued: 5), (await Store.UseOfAsync("inbox"))!.Cap);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5)).Started);
    }

    [Fact]
    public async Task What_is_under_way_is_added_however_many_wait()
    {
        var cap = Cap("inbox", queued: 1);
        await Store.AddedAsync(Samples.Queued().Under(cap));
        await Store.AddedAsync(Samples.Running(Samples.Runner).Under(cap));
        await Store.AddedAsync((Samples.Queued() with { PromotedAt = Samples.Start }).Under(cap));
        await Store.UsesAsync("inbox", running: 1, queued: 2, waiting: 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("work")]
    public async Task H_7_jobs_of_a_kind_that_is_drained_are_refused(string gate)
    {
        var before = await Store.AddedAsync(Samples.Queued(key: "k"));
        await SetGateAsync(StoreRecord.Draining + gate, true);
        Assert.Equal([new(RefusalReason.Draining, gate)], await Store.RefusedAsync(Samples.Queued()));
        Assert.Equal([new(RefusalReason.Draining, gate)], await Store.RefusedAsync(Samples.Running(Samples.Runner)));
        Assert.Equal(before.Id, Assert.Single(await Store.AddAsync([Samples.Queued(key: "k")], Token)).Job.Id);
        await Store.AddedAsync(Samples.Running(Samples.Runner) with { PromotedAt = Samples.Start });
        var other = Samples.Queued("other");
        if (gate.Length == 0) await Store.RefusedAsync(other);
        else await Store.AddedAsync(other);
        Assert.Equal(before.Id, (await Store.ClaimedAsync(Samples.Runner)).Id);
        await SetGateAsync(StoreRecord.Draining + gate, false);
        await Store.AddedAsync(Samples.Queued());
    }

    [Theory]
    [InlineData("")]
    [InlineData("work")]
    public async Task H_7_jobs_of_a_kind_that_is_paused_are_added_and_not_started(string gate)
    {
        await SetGateAsync(StoreRecord.Paused + gate, true);
        var job = await Store.AddedAsync(Samples.Queued());
        var other = await Store.AddedAsync(Samples.Queued("other", at: 1));
        Assert.Equal([new(RefusalReason.Paused, gate)], await Store.RefusedAsync(Samples.Running(Samples.Runner)));
        await Store.AddedAsync(Samples.Running(Samples.Runner) with { PromotedAt = Samples.Start });
        Assert.Equal(gate.Length == 0 ? [] : [other.Id], (await Store.ClaimAsync(Samples.Runner, 5, 10, "work", "other")).Started.Select(started => started.Id));
        Assert.Equal(0, await Store.PlaceAsync(job.Id, 10, Token));
        await SetGateAsync(StoreRecord.Paused + gate, false);
        Assert.Equal(job.Id, (await Store.ClaimAsync(Samples.Runner, 5, 10, "work", "other")).Started[0].Id);
    }

    [Fact]
    public async Task What_waits_at_an_open_cap_does_not_start_while_its_kind_is_paused()
    {
        var held = await Store.BroughtToAsync(JobPhase.Running, Samples.Queued().Under(Cap("gpu", 1)));
        var job = await Store.AddedAsync(Samples.Queued().Under(Cap("gpu", 1)));
        await Store.FinishedAsync(held);
        await SetGateAsync("paused/work", true);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 10)).Started);
        await SetGateAsync("paused/work", false);
        Assert.Equal(job.Id, (await Store.ClaimedAsync(Samples.Runner, 10)).Id);
    }

    [Fact]
    public async Task What_a_lapsed_runner_held_is_adopted_though_its_kind_is_paused()
    {
        await BeatAsync(Samples.Runner, 1);
        await Store.AddedAsync(Samples.Queued());
        var job = await Store.ClaimedAsync(Samples.Runner);
        await SetGateAsync("paused/", true);
        await Store.LapseAsync(Samples.Runner, 1, Token);
        Assert.Equal(job.Id, Assert.Single((await Store.ClaimAsync(Samples.OtherRunner, 5, 10)).Adopted).Id);
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("draining")]
    [InlineData("paused/wor")]
    [InlineData("draining/Work")]
    [InlineData("alarms/work")]
    [InlineData("warned/work")]
    [InlineData("backwash/work")]
    [InlineData("yearning/work")]
    public async Task A_gate_of_another_name_is_none(string name)
    {
        await SetGateAsync(name, true);
        await Store.AddedAsync(Samples.Queued());
        await Store.ClaimedAsync(Samples.Runner);
    }

    [Fact]
    public async Task A_gate_that_one_instance_closes_is_closed_for_the_other()
    {
        var second = await SecondAsync();
        await Store.AddedAsync(Samples.Queued());
        await second.WriteRecordAsync("paused/work", 0, Samples.Json("true"), Token);
        await second.WriteRecordAsync("draining/work", 0, Samples.Json("true"), Token);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 10)).Started);
        await Store.RefusedAsync(Samples.Queued());
        await second.WriteRecordAsync("paused/work", 1, default, Token);
        await second.WriteRecordAsync("draining/work", 1, default, Token);
        await Store.AddedAsync(Samples.Queued());
        Assert.Equal(2, (await Store.ClaimAsync(Samples.Runner, 5, 10)).Started.Count);
    }

    private async Task SetGateAsync(string name, bool closed) =>
        Assert.True(await Store.WriteRecordAsync(name, closed ? 0 : 1, closed ? Samples.Json("true") : default, Token));
}
