using Errand.Storage;

namespace Errand.Stores.Tests;

/// <summary>What the store in memory promises beyond what every store does.</summary>
public sealed class MemoryJobStoreTests
{
    private static readonly DateTimeOffset Now = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);
    private static readonly RunnerId Runner = new("runner");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_that_its_jobs_are_lost()
    {
        await using var store = new MemoryJobStore();
        Assert.Contains("lost", store.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_call_completes_before_it_returns()
    {
        await using var store = new MemoryJobStore();
        var job = NewJob();
        Assert.True(store.OpenAsync(Token).AsTask().IsCompleted);
        Assert.True(store.AddAsync([job], Token).AsTask().IsCompleted);
        Assert.True(store.FindAsync(job.Id, Token).AsTask().IsCompleted);
        Assert.True(store.ListAsync(new(), Token).AsTask().IsCompleted);
        Assert.True(store.CountAsync(new(), Token).AsTask().IsCompleted);
        Assert.True(store.ClaimAsync(new(Runner, ["work"], 1, Now), Token).AsTask().IsCompleted);
        Assert.True(store.ApplyAsync([new(job.Id, JobTransition.HandOver(Now))], Token).AsTask().IsCompleted);
        Assert.True(store.HeartbeatAsync(new(Runner, 1, null), Token).AsTask().IsCompleted);
        Assert.True(store.ChangesAsync(null, 1, Token).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_hint_has_come_when_the_write_returns()
    {
        await using var store = new MemoryJobStore();
        var hints = new List<JobHint>();
        using var subscription = store.Subscribe(hints.Add);
        var job = NewJob();
        await store.AddAsync([job], Token);
        Assert.Equal([new(job.Id, 1, true)], hints);
        await store.ClaimAsync(new(Runner, ["work"], 1, Now), Token);
        Assert.Equal(new(job.Id, 2, false), hints[^1]);
    }

    [Fact]
    public async Task A_lapse_hints_at_what_can_be_taken_over()
    {
        await using var store = new MemoryJobStore();
        var job = NewJob();
        await store.AddAsync([job], Token);
        await store.HeartbeatAsync(new(Runner, 1, null), Token);
        await store.ClaimAsync(new(Runner, ["work"], 1, Now), Token);
        var hints = new List<JobHint>();
        using var subscription = store.Subscribe(hints.Add);
        await store.LapseAsync(Runner, 1, Token);
        Assert.Equal([new(job.Id, 2, true)], hints);
    }

    [Fact]
    public async Task A_cursor_that_the_feed_has_left_behind_is_answered_with_a_fresh_start()
    {
        await using var store = new MemoryJobStore(feedCapacity: 4);
        string cursor = (await store.ChangesAsync(null, 10, Token)).Next;
        var jobs = Enumerable.Range(0, 5).Select(_ => NewJob()).ToArray();
        await store.AddAsync(jobs[..4], Token);
        Assert.Equal(jobs[..4].Select(job => job.Id), (await store.ChangesAsync(cursor, 10, Token)).Items.Select(change => change.Job));
        await store.AddAsync(jobs[4..], Token);
        var late = await store.ChangesAsync(cursor, 10, Token);
        Assert.True(late.Resync);
        Assert.Empty((await store.ChangesAsync(late.Next, 10, Token)).Items);
    }

    [Fact]
    public async Task What_it_has_dropped_it_holds_no_more()
    {
        await using var store = new MemoryJobStore();
        var dropped = await FilledAndEmptiedAsync(store);
        // The store keeps a few empty places; none of them may hold on to a job.
        GC.Collect();
        Assert.All(dropped, job => Assert.False(job.IsAlive));
        Assert.Equal(0, (await store.CountAsync(new(), Token)).Values.Sum());
    }

    private static async Task<WeakReference[]> FilledAndEmptiedAsync(MemoryJobStore store)
    {
        JobPhase[] phases = [JobPhase.Running, JobPhase.Queued];
        var jobs = Enumerable.Range(0, 2000).Select(i => NewJob() with { Phase = phases[i % 2], Runner = Runner }).ToArray();
        await store.AddAsync(jobs, Token);
        var cancel = JobTransition.RequestCancel("bob", Now);
        await store.ApplyAsync([.. jobs.Select(job => new JobWrite(job.Id, cancel))], Token);
        var end = JobTransition.Finish(new(Runner, 0), JobOutcome.Cancelled, Now);
        await store.ApplyAsync([.. jobs.Select(job => new JobWrite(job.Id, end))], Token);
        Assert.Equal(2000, await store.RemoveAsync([.. jobs.Select(job => job.Id)], Token));
        return [.. jobs.Select(job => new WeakReference(job))];
    }

    private static Job NewJob() => Job.Queued(JobId.New(Now), new("work"), Now);
}
