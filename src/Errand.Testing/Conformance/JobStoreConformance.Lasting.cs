using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// What lasts: across instances that share the data, and after the store was closed.
public abstract partial class JobStoreConformance
{
    [Fact]
    public void A_store_says_what_it_is() => Assert.NotEmpty(Store.Description);

    [Fact]
    public async Task What_one_instance_writes_the_other_reads()
    {
        var second = await SecondAsync();
        var full = Samples.Full();
        await Store.AddedAsync(full);
        SameJob.Assert(full, await second.FindAsync(full.Id, Token));
        var job = await Store.AddedAsync(Samples.Queued(session: "s", key: "k"));
        Assert.False(Assert.Single(await second.AddAsync([Samples.Queued(key: "k")], Token)).Added);
        Assert.Equal(JobHolds.Session, (await second.AddedAsync(Samples.Queued(session: "s"))).Holds);
        var held = await second.ClaimedAsync(Samples.Runner);
        Assert.Equal(job.Id, held.Id);
        await Store.AppliedAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(2)));
        var beat = await second.HeartbeatAsync(new(Samples.Runner, 1, null), Token);
        Assert.Equal(new(job.Id, held.Attempt, JobPhase.RunningCancelling), Assert.Single(beat.Held));
        Assert.Equal(JobPhase.Cancelled, (await second.FinishedAsync(held)).Phase);
        Assert.Equal(3, (await Store.HistoryAsync(job.Id, Token)).Count);
        Assert.True(await second.WriteRecordAsync("r", 0, Samples.Json("1"), Token));
        Assert.Equal(1, (await Store.ReadRecordAsync("r", Token))!.Version);
        Assert.Equal(1, await second.RemoveAsync([job.Id], Token));
        Assert.Null(await Store.FindAsync(job.Id, Token));
    }

    [Fact]
    public async Task One_instance_adopts_what_a_runner_of_the_other_held()
    {
        var second = await SecondAsync();
        await BeatAsync(Samples.Runner, 1, Process);
        var job = await Store.BroughtToAsync(JobPhase.Running);
        var others = (await second.HeartbeatAsync(new(Samples.OtherRunner, 1, null), Token)).Others;
        Assert.Equal(new(Samples.Runner, 1, Process), Assert.Single(others));
        Assert.True(await second.LapseAsync(Samples.Runner, 1, Token));
        Assert.Equal(job.Id, Assert.Single((await second.ClaimAsync(Samples.OtherRunner, 1, 30)).Adopted).Id);
        Assert.True((await BeatAsync(Samples.Runner, 2)).Lapsed);
        Assert.Equal(ApplyStatus.Refused, (await Store.ApplyAsync(job.Id, JobTransition.ReportProgress(job.Fence, new(1), Samples.At(31)))).Status);
    }

    [Fact]
    public async Task J_2_what_was_acknowledged_is_there_after_reopening()
    {
        var jobs = new List<Job> { await Store.AddedAsync(Samples.Full()) };
        foreach (var phase in Enum.GetValues<JobPhase>()) jobs.Add(await Store.BroughtToAsync(phase));
        var histories = new List<IReadOnlyList<JobEvent>>();
        foreach (var job in jobs) histories.Add(await Store.HistoryAsync(job.Id, Token));
        await Store.WriteRecordAsync("r", 0, Samples.Json("1"), Token);
        await Store.WriteRecordAsync("r", 1, Samples.Json("2"), Token);
        if (await ReopenedAsync() is not { } again)
        {
            await HasForgottenAsync(jobs);
            return;
        }
        foreach (var (job, history) in jobs.Zip(histories))
        {
            SameJob.Assert(job, await again.FindAsync(job.Id, Token));
            SameEvents(history, await again.HistoryAsync(job.Id, Token));
        }
        Assert.Equal(new StoreRecord(2, Samples.Json("2")), await again.ReadRecordAsync("r", Token));
        Assert.Equal(jobs.Count, (await again.CountAsync(new(), Token)).Values.Sum());
    }

    [Fact]
    public async Task Lines_sessions_and_keys_go_on_after_reopening()
    {
        Job[] jobs =
        [
            Samples.Queued(at: 3), Samples.Queued(at: 2, session: "s"), Samples.Queued(at: 1, session: "s", key: "k"), Samples.Queued(runAt: 60),
            .. Samples.Many(5, _ => Samples.Queued(at: 4)),
        ];
        await Store.AddedAsync(jobs);
        if (await ReopenedAsync() is not { } again)
        {
            await HasForgottenAsync(jobs);
            return;
        }
        Assert.False(Assert.Single(await again.AddAsync([Samples.Queued(key: "k")], Token)).Added);
        var last = await again.AddedAsync(Samples.Queued(at: 4));
        var claim = await again.ClaimAsync(Samples.Runner, 100, 10);
        Assert.Equal([jobs[1].Id, jobs[0].Id, .. jobs[4..].Select(job => job.Id), last.Id], claim.Started.Select(job => job.Id));
        Assert.Equal(Samples.At(60), claim.NextDue);
        await again.FinishedAsync(claim.Started[0]);
        Assert.Equal(jobs[2].Id, (await again.ClaimedAsync(Samples.Runner, at: 20)).Id);
        Assert.Equal(jobs[3].Id, (await again.ClaimedAsync(Samples.Runner, at: 60)).Id);
    }

    [Fact]
    public async Task B_39_what_a_runner_held_when_the_store_was_closed_is_adopted()
    {
        var job = await Store.BroughtToAsync(JobPhase.Running);
        await BeatAsync(Samples.Runner, 5, Process);
        await BeatAsync(new("lapsed"), 1);
        await Store.LapseAsync(new("lapsed"), 1, Token);
        if (await ReopenedAsync() is not { } again)
        {
            await HasForgottenAsync([job]);
            return;
        }
        var beat = await again.HeartbeatAsync(new(Samples.OtherRunner, 1, null), Token);
        Assert.Equal(new(Samples.Runner, 5, Process), Assert.Single(beat.Others));
        Assert.True((await again.HeartbeatAsync(new(new("lapsed"), 2, null), Token)).Lapsed);
        Assert.Equal(job.Id, Assert.Single((await again.HeartbeatAsync(new(Samples.Runner, 6, null), Token)).Held).Id);
        Assert.True(await again.LapseAsync(Samples.Runner, 6, Token));
        var adopted = Assert.Single((await again.ClaimAsync(Samples.OtherRunner, 1, 30)).Adopted);
        Assert.Equal((job.Id, job.Version + 1, 1), (adopted.Id, adopted.Version, adopted.Attempt));
    }

    [Fact]
    public async Task A_feed_goes_on_after_reopening_or_says_that_it_does_not()
    {
        string cursor = (await Store.ChangesAsync(null, 10, Token)).Next;
        var job = await Store.AddedAsync(Samples.Queued());
        var again = await ReopenedAsync() ?? await OpenedAsync(await CreateAsync());
        var page = await again.ChangesAsync(cursor, 10, Token);
        Assert.True(page.Resync || page.Items.Any(change => change.Job == job.Id));
    }

    [Fact]
    public async Task A_store_that_was_closed_says_so_and_may_be_closed_again()
    {
        var subscription = Store.Subscribe(_ => { });
        await Store.DisposeAsync();
        await Store.DisposeAsync();
        subscription.Dispose();
        foreach (var call in new Func<Task>[]
        {
            async () => await Store.FindAsync(JobId.New(Samples.Start), Token),
            async () => await Store.ListAsync(new(), Token),
            async () => await Store.AddAsync([Samples.Queued()], Token),
            async () => await Store.ApplyAsync(JobId.New(Samples.Start), JobTransition.HandOver(Samples.At(1))),
            async () => await Store.ClaimAsync(Samples.Runner),
            async () => await BeatAsync(Samples.Runner, 1),
        })
        {
            var thrown = await Assert.ThrowsAnyAsync<Exception>(call);
            Assert.True(thrown is ObjectDisposedException or StoreUnavailableException, thrown.ToString());
        }
    }

    [Fact]
    public async Task A_caller_that_gave_up_beforehand_does_no_harm()
    {
        var gaveUp = new CancellationToken(canceled: true);
        var job = Samples.Queued();
        try { await Store.AddAsync([job], gaveUp); }
        catch (OperationCanceledException) { }
        try { await Store.ClaimAsync(new(Samples.Runner, ["other"], 1, Samples.At(1)), gaveUp); }
        catch (OperationCanceledException) { }
        await Store.AddAsync([job], Token);
        Assert.Equal(job.Id, (await Store.ClaimedAsync(Samples.Runner)).Id);
    }

    /// <summary>Closes the store and opens what it kept; nothing if it keeps nothing.</summary>
    private async Task<IJobStore?> ReopenedAsync()
    {
        await Store.DisposeAsync();
        return await ReopenAsync(Store) is { } again ? await OpenedAsync(again) : null;
    }

    // A store that forgets must do that wholly: half of what was there would be worse than nothing.
    private async Task HasForgottenAsync(IEnumerable<Job> jobs)
    {
        var fresh = await OpenedAsync(await CreateAsync());
        foreach (var job in jobs) Assert.Null(await fresh.FindAsync(job.Id, Token));
        Assert.Empty((await fresh.ListAsync(new(), Token)).Items);
        Assert.Null(await fresh.ReadRecordAsync("r", Token));
        Assert.Empty((await fresh.HeartbeatAsync(new(Samples.OtherRunner, 1, null), Token)).Others);
    }
}
