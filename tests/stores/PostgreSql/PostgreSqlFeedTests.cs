using System.Globalization;
using Npgsql;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlFeedTests : PostgreSqlTests
{
    [Fact]
    public async Task A_change_that_is_committed_late_is_not_missed()
    {
        var store = await OpenAsync();
        var (late, early) = (JobId.New(At(1)), NewJob());
        string cursor = (await store.ChangesAsync(null, 10, Token)).Next;

        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await RunAsync(connection, $"INSERT INTO {Schema}.change (job, version) VALUES ('{late}', 1)");
        await store.AddAsync([early], Token);
        var first = await store.ChangesAsync(cursor, 10, Token);
        Assert.Equal(early.Id, Assert.Single(first.Items).Job);
        await transaction.CommitAsync(Token);

        var second = await store.ChangesAsync(first.Next, 10, Token);
        Assert.Equal(late, Assert.Single(second.Items).Job);
        Assert.Empty((await store.ChangesAsync(second.Next, 10, Token)).Items);
    }

    [Fact]
    public async Task A_change_that_is_committed_between_two_pages_is_not_missed()
    {
        var store = await OpenAsync();
        var late = JobId.New(At(1));
        Job[] early = [NewJob(), NewJob(), NewJob()];
        string cursor = (await store.ChangesAsync(null, 10, Token)).Next;

        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await RunAsync(connection, $"INSERT INTO {Schema}.change (job, version) VALUES ('{late}', 1)");
        foreach (var job in early) await store.AddAsync([job], Token);
        var first = await store.ChangesAsync(cursor, 2, Token);
        await transaction.CommitAsync(Token);

        var second = await store.ChangesAsync(first.Next, 2, Token);
        var third = await store.ChangesAsync(second.Next, 2, Token);
        Assert.Equal([.. early.Select(job => job.Id), late], first.Items.Concat(second.Items).Concat(third.Items).Select(change => change.Job));
    }

    [Fact]
    public async Task Old_changes_are_forgotten_and_who_wants_them_starts_afresh()
    {
        var store = await OpenAsync(Options with { ChangesKept = 40 });
        string old = (await store.ChangesAsync(null, 10, Token)).Next;
        long Count(IEnumerable<string> rows) => long.Parse(rows.Single(), CultureInfo.InvariantCulture);
        // Other tests' transactions may hold up the forgetting, as anybody's may, and it may first come only as far as one that the cursor saw open.
        for (int i = 0; !(await store.ChangesAsync(old, 10, Token)).Resync; i++)
        {
            Assert.True(i < 1000, "Nothing was ever forgotten.");
            await AddAsync(store, NewJob());
        }
        Assert.InRange(Count(await PostgreSqlServer.ReadAsync($"SELECT count(*) FROM {Schema}.change")), 40, 1000);

        string fresh = (await store.ChangesAsync(null, 10, Token)).Next;
        var job = await AddAsync(store, NewJob());
        var page = await store.ChangesAsync(fresh, 10, Token);
        Assert.False(page.Resync);
        Assert.Equal(job.Id, Assert.Single(page.Items).Job);
    }

    [Fact]
    public async Task A_cursor_from_before_a_move_to_another_cluster_is_answered_with_a_fresh_start()
    {
        var store = await OpenAsync();
        await AddAsync(store, NewJob());
        string cursor = (await store.ChangesAsync(null, 10, Token)).Next;
        await PostgreSqlServer.RunAsync($"UPDATE {Schema}.meta SET system = 'another'");
        var moved = await OpenAsync();
        var page = await moved.ChangesAsync(cursor, 10, Token);
        Assert.True(page.Resync);
        var job = await AddAsync(moved, NewJob());
        Assert.Equal(job.Id, Assert.Single((await moved.ChangesAsync(page.Next, 10, Token)).Items).Job);
    }

    [Theory]
    [InlineData("{0}/5:3:")]
    [InlineData("{0}/0:3:")]
    [InlineData("{0}/1:3:3")]
    [InlineData("{0}/1:9:5,4")]
    [InlineData("{0}/1:9:5,,6")]
    [InlineData("{0}/1:2:/1:2:/-1")]
    [InlineData("{0}/99999999999999999999:99999999999999999999:")]
    [InlineData("{0}/1000000000000:1000000000000:")]
    [InlineData("{0}/1:2")]
    [InlineData("{0}//")]
    public async Task A_cursor_that_was_made_up_is_answered_with_a_fresh_start(string text)
    {
        var store = await OpenAsync();
        string epoch = (await PostgreSqlServer.ReadAsync($"SELECT epoch FROM {Schema}.meta")).Single();
        Assert.True((await store.ChangesAsync(string.Format(CultureInfo.InvariantCulture, text, epoch), 10, Token)).Resync);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
