using Errand.Storage;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>The feed of changes: whole commits in one row each, of which only so many are kept.</summary>
public sealed class ChangeFeedTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_page_may_end_in_the_middle_of_a_commit()
    {
        await using var store = await _folder.OpenedAsync();
        string cursor = (await store.ChangesAsync(null, 10, Token)).Next;
        var jobs = Jobs.Many(10);
        await store.AddAsync(jobs, Token);
        var job = Jobs.Running();
        await store.AddAsync([job], Token);
        List<JobChanged> changes = [];
        for (int pages = 0; pages < 6; pages++)
        {
            var page = await store.ChangesAsync(cursor, 3, Token);
            Assert.False(page.Resync);
            Assert.True(page.Items.Count <= 3);
            changes.AddRange(page.Items);
            cursor = page.Next;
        }
        Assert.Equal(jobs.Append(job).Select(added => new JobChanged(added.Id, 1)), changes);
    }

    [Fact]
    public async Task A_cursor_that_is_older_than_what_is_kept_is_answered_with_a_fresh_start()
    {
        await using var store = StoreFolder.Store(new() { Path = _folder.File, ChangesKept = 64 });
        await store.OpenAsync(Token);
        string first = (await store.ChangesAsync(null, 10, Token)).Next;
        string cursor = first;
        for (int i = 0; i < 200; i++)
        {
            if (i == 190) cursor = (await store.ChangesAsync(null, 10, Token)).Next;
            await store.AddAsync(Jobs.Many(1), Token);
        }
        Assert.True((await store.ChangesAsync(first, 10, Token)).Resync);
        Assert.Equal(10, (await store.ChangesAsync(cursor, 100, Token)).Items.Count);
    }

    [Fact]
    public async Task A_cursor_ahead_of_a_store_that_was_put_back_is_answered_with_a_fresh_start()
    {
        string cursor;
        string backup = _folder.File + ".backup";
        await using (var store = await _folder.OpenedAsync()) await store.AddAsync(Jobs.Many(1), Token);
        File.Copy(_folder.File, backup);
        await using (var store = await _folder.OpenedAsync())
        {
            for (int i = 0; i < 5; i++) await store.AddAsync(Jobs.Many(1), Token);
            cursor = (await store.ChangesAsync(null, 10, Token)).Next;
        }
        File.Move(backup, _folder.File, overwrite: true);
        await using var restored = await _folder.OpenedAsync();
        Assert.True((await restored.ChangesAsync(cursor, 10, Token)).Resync);
    }

    [Fact]
    public async Task Jobs_that_were_removed_are_left_out()
    {
        await using var store = await _folder.OpenedAsync();
        string cursor = (await store.ChangesAsync(null, 10, Token)).Next;
        var (job, kept) = (Jobs.Running(), Jobs.Running());
        await store.AddAsync([job, kept], Token);
        await store.ApplyAsync([new(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), Jobs.Start))], Token);
        Assert.Equal(1, await store.RemoveAsync([job.Id, kept.Id], Token));
        var page = await store.ChangesAsync(cursor, 10, Token);
        Assert.Equal([new(kept.Id, 1)], page.Items);
        Assert.Empty((await store.ChangesAsync(page.Next, 10, Token)).Items);
    }
}
