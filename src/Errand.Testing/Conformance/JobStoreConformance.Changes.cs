using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Changes: what dashboards follow. In order, and nothing is missed without being told.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task A_feed_starts_from_now()
    {
        await Store.AddedAsync(Samples.Queued());
        var page = await Store.ChangesAsync(null, 10, Token);
        Assert.Empty(page.Items);
        Assert.False(page.Resync);
        Assert.Empty((await Store.ChangesAsync(page.Next, 10, Token)).Items);
    }

    [Fact]
    public async Task A_feed_tells_of_adds_claims_and_writes_in_order()
    {
        string cursor = (await Store.ChangesAsync(null, 10, Token)).Next;
        var job = await Store.AddedAsync(Samples.Queued());
        var (first, next) = await ChangesAsync(cursor, change => change.Job == job.Id && change.Version == 1);
        Assert.Equal(new(job.Id, 1), Assert.Single(first));
        var held = await Store.ClaimedAsync(Samples.Runner);
        (var second, next) = await ChangesAsync(next, change => change.Version == 2);
        Assert.Equal(new(job.Id, 2), Assert.Single(second));
        await Store.AppliedAsync(job.Id, JobTransition.ReportProgress(held.Fence, new(1), Samples.At(1)));
        await Store.FinishedAsync(held);
        var (third, _) = await ChangesAsync(next, change => change.Version == 4);
        Assert.Equal(third.OrderBy(change => change.Version), third);
        Assert.All(third, change => Assert.Equal(job.Id, change.Job));
    }

    [Fact]
    public async Task A_feed_is_read_in_pages()
    {
        string cursor = (await Store.ChangesAsync(null, 10, Token)).Next;
        var jobs = Samples.Many(25, _ => Samples.Queued());
        foreach (var job in jobs) await Store.AddedAsync(job);
        var (changes, next) = await ChangesAsync(cursor, change => change.Job == jobs[^1].Id, limit: 4);
        Assert.Equal(jobs.Select(job => job.Id), changes.Select(change => change.Job));
        Assert.Empty((await Store.ChangesAsync(next, 4, Token)).Items);
    }

    [Fact]
    public async Task A_cursor_can_be_read_from_again()
    {
        string cursor = (await Store.ChangesAsync(null, 10, Token)).Next;
        var job = await Store.AddedAsync(Samples.Queued());
        var (first, _) = await ChangesAsync(cursor, change => change.Job == job.Id);
        var (second, _) = await ChangesAsync(cursor, change => change.Job == job.Id);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task What_is_refused_does_not_show_in_the_feed()
    {
        var job = await Store.BroughtToAsync(JobPhase.Completed);
        string cursor = (await Store.ChangesAsync(null, 10, Token)).Next;
        await Store.ApplyAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(9)));
        await Store.AddAsync([job], Token);
        var marker = await Store.AddedAsync(Samples.Queued());
        var (changes, _) = await ChangesAsync(cursor, change => change.Job == marker.Id);
        Assert.Equal(marker.Id, Assert.Single(changes).Job);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-1")]
    [InlineData("0123456789abcdef-99999999999999999999")]
    [InlineData("ffffffffffffffff-1")]
    [InlineData("😀")]
    public async Task A_cursor_that_the_store_cannot_go_on_from_is_answered_with_a_fresh_start(string cursor)
    {
        await Store.AddedAsync(Samples.Queued());
        var page = await Store.ChangesAsync(cursor, 10, Token);
        Assert.True(page.Resync);
        Assert.Empty(page.Items);
        var job = await Store.AddedAsync(Samples.Queued());
        var (changes, _) = await ChangesAsync(page.Next, change => change.Job == job.Id);
        Assert.Equal(job.Id, Assert.Single(changes).Job);
    }

    [Fact]
    public async Task A_cursor_of_another_store_is_answered_with_a_fresh_start()
    {
        var other = await OpenedAsync(await CreateAsync());
        string cursor = (await other.ChangesAsync(null, 10, Token)).Next;
        Assert.True((await Store.ChangesAsync(cursor, 10, Token)).Resync);
    }

    [Fact]
    public async Task Nothing_is_missed_while_many_write()
    {
        var second = await SecondAsync();
        string cursor = (await Store.ChangesAsync(null, 10, Token)).Next;
        var jobs = Samples.Many(200, _ => Samples.Queued());
        var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(writer => WorkScheduler.Default.Run(async () =>
        {
            var store = writer % 2 == 0 ? Store : second;
            foreach (var job in jobs.Where((_, i) => i % 8 == writer))
            {
                await store.AddedAsync(job);
                var held = await store.AppliedAsync(job.Id, JobTransition.Start(Samples.Runner, Samples.At(1)));
                await store.FinishedAsync(held);
            }
        })));
        var versions = new Dictionary<JobId, long>();
        var reading = WorkScheduler.Default.Run(async () =>
        {
            while (versions.Count < jobs.Length || versions.Values.Any(version => version < 3))
            {
                Token.ThrowIfCancellationRequested();
                var page = await Store.ChangesAsync(cursor, 7, Token);
                Assert.False(page.Resync);
                foreach (var change in page.Items)
                {
                    Assert.True(change.Version >= versions.GetValueOrDefault(change.Job), "An older change came after a newer one.");
                    versions[change.Job] = change.Version;
                }
                if (page.Items.Count > 0) Assert.NotEqual(cursor, page.Next);
                cursor = page.Next;
                if (page.Items.Count == 0) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
            }
        });
        await writing.WaitAsync(Patience * 2, Token);
        await reading.WaitAsync(Patience, Token);
        Assert.Equal(jobs.Select(job => job.Id).Order(), versions.Keys.Order());
    }

    /// <summary>Reads until a change shows: a store may hold back the newest ones until nothing older can come any more.</summary>
    private async Task<(IReadOnlyList<JobChanged> Changes, string Next)> ChangesAsync(string cursor, Predicate<JobChanged> last, int limit = 100)
    {
        List<JobChanged> changes = [];
        for (int i = 0; i < 1000; i++)
        {
            var page = await Store.ChangesAsync(cursor, limit, Token);
            Assert.False(page.Resync);
            Assert.True(page.Items.Count <= limit);
            changes.AddRange(page.Items);
            cursor = page.Next;
            if (changes.Exists(last)) return (changes, cursor);
            if (page.Items.Count == 0) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
        Assert.Fail("A change never showed in the feed.");
        return default;
    }
}
