using Errand.Sqlite;
using Errand.Storage;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>That many requests share a commit, and that none of them suffers from another.</summary>
public sealed class WriterTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_that_queue_up_share_a_commit()
    {
        await using var store = await _folder.OpenedAsync();
        var adds = await QueuedUpAsync(store, Jobs.Many(100).Select(job => new[] { job }));
        await Task.WhenAll(adds);
        // Two at most: those that came in before the writer took up the first one are in hand together with it, and all others behind it.
        Assert.InRange(store.Counters.Commits, 1, 2);
        Assert.Equal(101, store.Counters.Requests);
    }

    [Fact]
    public async Task A_request_that_fails_fails_alone()
    {
        await using var store = await _folder.OpenedAsync();
        List<JobHint> hints = [];
        using var subscription = store.Subscribe(hints.Add);
        var jobs = Jobs.Many(20);
        var undone = Jobs.Queued();
        IReadOnlyList<Job>[] requests = [.. jobs[..10].Select(job => new[] { job }), [undone, Jobs.Impossible()], .. jobs[10..].Select(job => new[] { job })];
        var adds = await QueuedUpAsync(store, requests);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => adds[10]);
        adds.RemoveAt(10);
        foreach (var add in adds) Assert.True(Assert.Single(await add).Added);
        foreach (var job in jobs) Assert.NotNull(await store.FindAsync(job.Id, Token));
        Assert.Null(await store.FindAsync(undone.Id, Token));
        // The feed and the hints come after the answers, and before the next one.
        await store.LapseAsync(new("nobody"), 0, Token);
        var changes = (await store.ChangesAsync(await FirstCursorAsync(store), 100, Token)).Items;
        Assert.Equal(jobs.Select(job => job.Id), changes.Select(change => change.Job));
        Assert.Equal(jobs.Select(job => job.Id), hints.Select(hint => hint.Job));
    }

    [Fact]
    public async Task B_39_what_is_not_committed_is_not_acknowledged_and_the_writer_recovers()
    {
        // The writer's first connection can make the tables, and then everything but commit: SQLite fails to negate the smallest number.
        int commits = 0;
        string Rewritten(string sql) => sql == "COMMIT" && commits++ == 1 ? "SELECT abs(-9223372036854775807 - 1)" : sql;
        await using var store = StoreFolder.Store(new() { Path = _folder.File, RewriteSql = Rewritten });
        await store.OpenAsync(Token);
        var jobs = Jobs.Many(2);
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.AddAsync([jobs[0]], Token));
        Assert.Contains("overflow", error.Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(await store.AddAsync([jobs[1]], Token)).Added);
        Assert.Equal(jobs[1].Id, Assert.Single((await store.ListAsync(new(), Token)).Items).Id);
    }

    [Fact]
    public async Task A_request_that_fails_in_the_middle_leaves_nothing()
    {
        await using var store = await _folder.OpenedAsync();
        var jobs = Jobs.Many(2);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.AddAsync([jobs[0], Jobs.Impossible(), jobs[1]], Token));
        Assert.Empty((await store.ListAsync(new(), Token)).Items);
        Assert.True(Assert.Single(await store.AddAsync([jobs[0]], Token)).Added);
    }

    [Fact]
    public async Task A_mistake_in_a_request_is_told_to_whoever_made_it()
    {
        await using var store = await _folder.OpenedAsync();
        await Assert.ThrowsAsync<NullReferenceException>(async () => await store.AddAsync([Jobs.Queued() with { Inputs = [null!] }], Token));
        Assert.True(Assert.Single(await store.AddAsync(Jobs.Many(1), Token)).Added);
    }

    [Fact]
    public async Task Whoever_gives_up_is_let_go_at_once()
    {
        await using var store = await _folder.OpenedAsync();
        using var holder = new LockHolder(_folder.File);
        using var cancellation = new CancellationTokenSource();
        var add = store.AddAsync(Jobs.Many(1), cancellation.Token).AsTask();
        var other = store.AddAsync(Jobs.Many(1), Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => add);
        holder.LetGo();
        Assert.True(Assert.Single(await other).Added);
    }

    [Fact]
    public async Task Answers_reach_those_who_asked_whoever_gives_up_meanwhile()
    {
        await using var store = await _folder.OpenedAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async caller =>
        {
            var random = new Random(caller);
            for (int i = 0; i < 200; i++)
            {
                using var cancellation = new CancellationTokenSource();
                var job = Jobs.Queued();
                var add = store.AddAsync([job], cancellation.Token).AsTask();
                if (random.Next(2) == 0) await cancellation.CancelAsync();
                try
                {
                    Assert.Equal(job.Id, Assert.Single(await add).Job.Id);
                }
                catch (OperationCanceledException)
                {
                    Assert.True(cancellation.IsCancellationRequested);
                }
            }
        }));
    }

    [Fact]
    public async Task What_was_asked_for_before_the_end_is_done()
    {
        var jobs = Jobs.Many(50);
        var store = await _folder.OpenedAsync();
        var adds = jobs.Select(job => store.AddAsync([job], Token).AsTask()).ToList();
        await store.DisposeAsync();
        await Task.WhenAll(adds);
        await using var again = await _folder.OpenedAsync();
        Assert.Equal(50, (await again.ListAsync(new() { Limit = 100 }, Token)).Items.Count);
    }

    [Fact]
    public async Task A_store_that_is_not_open_says_so()
    {
        var store = _folder.Store();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.AddAsync(Jobs.Many(1), Token));
        await store.OpenAsync(Token);
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AddAsync(Jobs.Many(1), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(JobId.New(Jobs.Start), Token));
    }

    [Fact]
    public async Task B_39_a_lock_that_is_never_let_go_of_is_an_error_and_its_release_the_end_of_it()
    {
        await using var store = StoreFolder.Store(new() { Path = _folder.File, BusyTimeout = TimeSpan.FromMilliseconds(50) });
        await store.OpenAsync(Token);
        var before = await store.AddAsync(Jobs.Many(1), Token);
        using (var holder = new LockHolder(_folder.File))
        {
            var adds = Jobs.Many(5).Select(job => store.AddAsync([job], Token).AsTask()).ToList();
            foreach (var add in adds)
            {
                var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => add);
                Assert.Contains("frozen", error.Message, StringComparison.Ordinal);
            }
            Assert.NotNull(await store.FindAsync(before[0].Job.Id, Token));
            holder.LetGo();
        }
        Assert.True(Assert.Single(await store.AddAsync(Jobs.Many(1), Token)).Added);
        Assert.Equal(2, (await store.ListAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task A_write_costs_as_few_statements_as_it_needs()
    {
        await using var store = await _folder.OpenedAsync();
        var job = Jobs.Running();
        var finish = new JobWrite(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), Jobs.Start));
        // The transaction and the feed are three, the gates are one; they are shared by all who queue up.
        Assert.Equal(4 + 1, await StatementsAsync(store, () => store.AddAsync([job], Token)));
        Assert.Equal(3 + 1, await StatementsAsync(store, () => store.ApplyAsync([finish], Token)));
        Assert.Equal(4 + 10, await StatementsAsync(store, () => store.AddAsync(Jobs.Many(10), Token)));
        // The next due time, the open caps, the runner, whoever is gone, the heads of the line, and two for each job.
        Assert.Equal(4 + 5 + 20, await StatementsAsync(store, () => store.ClaimAsync(new(Jobs.Runner, ["work"], 10, Jobs.Start), Token)));
        Assert.Equal(3 + 5, await StatementsAsync(store, () => store.ClaimAsync(new(Jobs.Runner, ["work"], 10, Jobs.Start), Token)));
    }

    [Fact]
    public async Task Jobs_that_share_a_cap_share_its_price()
    {
        await using var store = await _folder.OpenedAsync();
        Job[] jobs = [.. Jobs.Many(10).Select(job => job with { Caps = [new("gpu", new() { Running = 10 })] })];
        // Once for all of them, it is read and written.
        Assert.Equal(4 + 10 + 2, await StatementsAsync(store, () => store.AddAsync(jobs, Token)));
        Assert.Equal(4 + 5 + 20 + 2, await StatementsAsync(store, () => store.ClaimAsync(new(Jobs.Runner, ["work"], 10, Jobs.Start), Token)));
        var writes = jobs.Select(job => new JobWrite(job.Id, JobTransition.Finish(new(Jobs.Runner, 1), JobOutcome.Completed(), Jobs.Start))).ToList();
        Assert.Equal(3 + 10 + 2, await StatementsAsync(store, () => store.ApplyAsync(writes, Token)));
    }

    [Fact]
    public async Task A_job_is_written_with_little_more_than_its_own_bytes()
    {
        await using var store = await _folder.OpenedAsync();
        var job = Jobs.Running() with { Spec = new("work", JobData.Parse($"\"{new string('x', 1000)}\"")) };
        var finish = new JobWrite(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(JobData.Parse("true")), Jobs.Start));
        await store.LapseAsync(new("nobody"), 0, Token);
        long before = store.Counters.BytesBound;
        await store.AddAsync([job], Token);
        // The input, the id, the kind, the owner, the runner, and a line of the feed.
        long added = store.Counters.BytesBound;
        Assert.InRange(added - before, 1002, 1002 + 128);
        // What does not change is not written again.
        await store.ApplyAsync([finish], Token);
        Assert.InRange(store.Counters.BytesBound - added, 4, 128);
    }

    private static async Task<long> StatementsAsync<T>(SqliteJobStore store, Func<ValueTask<T>> write)
    {
        // Counted from the first commit on: opening has executed some too.
        await store.LapseAsync(new("nobody"), 0, Token);
        long before = store.Counters.Statements;
        await write();
        return store.Counters.Statements - before;
    }

    private static async Task<string> FirstCursorAsync(SqliteJobStore store)
    {
        string cursor = (await store.ChangesAsync(null, 1, Token)).Next;
        return $"{cursor[..cursor.IndexOf(':', StringComparison.Ordinal)]}:1:0";
    }

    private async Task<List<Task<IReadOnlyList<AddResult>>>> QueuedUpAsync(SqliteJobStore store, IEnumerable<IReadOnlyList<Job>> requests)
    {
        using var holder = new LockHolder(_folder.File);
        // The writer has this one in hand while the others queue up behind it; it asks for nothing that is counted as a commit.
        var first = store.LapseAsync(new("nobody"), 0, Token).AsTask();
        var adds = requests.Select(jobs => store.AddAsync(jobs, Token).AsTask()).ToList();
        holder.LetGo();
        await first;
        return adds;
    }
}
