using Errand.PostgreSql;
using Errand.Storage;
using Npgsql;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlRaceTests : PostgreSqlTests
{
    [Fact]
    public async Task B_2_a_write_that_is_caught_between_two_edges_takes_the_one_that_fits_in_the_end()
    {
        var store = await OpenAsync();
        var job = await StartedAsync(store);
        var finishing = await BlockedAsync(
            $"UPDATE {Schema}.job SET phase = {(int)JobPhase.RunningCancelling}, version = version + 1 WHERE id = '{job.Id}'",
            () => ApplyAsync(store, job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), At(2))));
        Assert.Equal((ApplyStatus.Applied, JobPhase.Cancelled), (finishing.Status, finishing.Edge?.To));
        Assert.Equal(JobPhase.Cancelled, (await store.FindAsync(job.Id, Token))!.Phase);
    }

    [Fact]
    public async Task B_40_a_write_that_waited_for_another_takers_write_is_refused()
    {
        var store = await OpenAsync();
        var job = await StartedAsync(store);
        var finishing = await BlockedAsync(
            $"UPDATE {Schema}.job SET runner = 'runner-2', version = version + 1 WHERE id = '{job.Id}'",
            () => ApplyAsync(store, job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), At(2))));
        Assert.Equal(ApplyStatus.Refused, finishing.Status);
        Assert.Equal(new("runner-2"), finishing.Current?.Runner);
    }

    [Fact]
    public async Task B_31_no_job_of_a_session_is_left_behind_however_many_add_and_end()
    {
        PostgreSqlJobStore[] stores = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        const int Jobs = 40;
        int ended = 0;
        await Task.WhenAll(stores.Select((store, i) => WorkScheduler.Default.Run(() => AddAllAsync(store)))
            .Concat(stores.Select((store, i) => WorkScheduler.Default.Run(() => EndAllAsync(store, new($"runner-{i}")))))).WaitAsync(Patience, Token);
        Assert.Equal(3 * Jobs, ended);

        async Task AddAllAsync(PostgreSqlJobStore store)
        {
            for (int i = 0; i < Jobs; i++) await AddAsync(store, NewJob(session: i % 2 == 0 ? "a" : "b"));
        }

        async Task EndAllAsync(PostgreSqlJobStore store, RunnerId runner)
        {
            while (Volatile.Read(ref ended) < 3 * Jobs)
            {
                Token.ThrowIfCancellationRequested();
                var claimed = (await store.ClaimAsync(new(runner, ["work"], 2, At(1)), Token)).Started;
                Assert.Equal(claimed.Select(job => job.Spec.Session).Distinct(), claimed.Select(job => job.Spec.Session));
                var ends = claimed.Select(job => new JobWrite(job.Id, JobTransition.Finish(job.Fence, JobOutcome.Completed(), At(2))));
                var answers = await store.ApplyAsync([.. ends], Token);
                Assert.All(answers, answer => Assert.Equal(ApplyStatus.Applied, answer.Status));
                Interlocked.Add(ref ended, answers.Count);
            }
        }
    }

    [Fact]
    public async Task A_claim_looks_past_all_that_others_are_taking()
    {
        var store = await OpenAsync();
        Job[] jobs = [.. Enumerable.Range(0, 600).Select(_ => NewJob())];
        await store.AddAsync(jobs, Token);
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await RunAsync(connection, $"SELECT FROM {Schema}.job ORDER BY rank, seq LIMIT 590 FOR UPDATE");
        var claimed = (await store.ClaimAsync(new(Runner, ["work"], 4, At(1)), Token)).Started;
        Assert.Equal(jobs[590..594].Select(job => job.Id), claimed.Select(job => job.Id));
        claimed = (await store.ClaimAsync(new(Runner, ["work"], 100, At(1)), Token)).Started;
        Assert.Equal(jobs[594..].Select(job => job.Id), claimed.Select(job => job.Id));
        await transaction.CommitAsync(Token);
        Assert.Equal(590, (await store.ClaimAsync(new(Runner, ["work"], 1000, At(1)), Token)).Started.Count);
    }

    [Fact]
    public async Task Writers_that_lock_in_a_circle_both_get_through()
    {
        var store = await OpenAsync();
        Job[] jobs = [.. new[] { await StartedAsync(store), await StartedAsync(store) }.OrderBy(job => job.Id)];
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await RunAsync(connection, $"UPDATE {Schema}.job SET title = 'x' WHERE id = '{jobs[1].Id}'");
        var writing = store.ApplyAsync([.. jobs.Select(job => new JobWrite(job.Id, JobTransition.HandOver(At(2))))], Token).AsTask();
        await WaitForBlockedAsync();
        // One of the two is chosen to give way; the store tries again, and this one would fail the test.
        await RunAsync(connection, $"SET LOCAL deadlock_timeout = '1h'; UPDATE {Schema}.job SET title = 'x' WHERE id = '{jobs[0].Id}'");
        await transaction.CommitAsync(Token);
        Assert.All(await writing, answer => Assert.Equal(ApplyStatus.Applied, answer.Status));
    }

    [Fact]
    public async Task A_job_that_is_removed_while_it_stands_in_the_way_of_another_makes_room()
    {
        var store = await OpenAsync();
        var spec = new JobSpec("work") { Key = "k" };
        var old = await AddAsync(store, NewJob(spec: spec));
        await ApplyAsync(store, old.Id, JobTransition.RequestCancel("bob", At(1)));
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await RunAsync(connection, $"DELETE FROM {Schema}.job WHERE id = '{old.Id}'");
        var adding = store.AddAsync([NewJob(spec: spec)], Token).AsTask();
        await WaitForBlockedAsync();
        await transaction.CommitAsync(Token);
        Assert.True(Assert.Single(await adding).Added);
    }

    /// <summary>Starts something while another transaction has written but not committed, and commits that once the one waits for it.</summary>
    private async Task<T> BlockedAsync<T>(string sql, Func<Task<T>> start)
    {
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await RunAsync(connection, sql);
        var started = start();
        await WaitForBlockedAsync();
        await transaction.CommitAsync(Token);
        return await started.WaitAsync(Patience, Token);
    }

    private async Task WaitForBlockedAsync()
    {
        string blocked = $"SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{Schema}.job%'";
        while ((await PostgreSqlServer.ReadAsync(blocked)).Count == 0) Token.ThrowIfCancellationRequested();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
