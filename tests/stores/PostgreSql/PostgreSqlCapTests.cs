using System.Globalization;
using System.Security.Cryptography;
using Errand.PostgreSql;
using Errand.Storage;

namespace Errand.Stores.Tests;

// What several processes at one database count together. A cap's counts are written with the jobs, so one look tells whether they agree.
public sealed class PostgreSqlCapTests : PostgreSqlTests
{
    private static readonly JobCap Narrow = new("narrow", new() { Running = 2 }), Wide = new("wide", new() { Running = 5 });

    [Fact]
    public async Task H_1_no_cap_is_exceeded_or_leaks_whatever_several_stores_do_at_once()
    {
        PostgreSqlJobStore[] stores = [await OpenAsync(), await OpenAsync(), await OpenAsync(), await OpenAsync()];
        int seed = TestSeed();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Token);
        done.CancelAfter(Patience * 2);
        int left = 4 * 60;
        var working = stores.Select((store, i) => WorkScheduler.Default.Run(() => WorkAsync(store, i))).ToList();
        var auditing = WorkScheduler.Default.Run(AuditAsync);
        await Task.WhenAll(working);
        done.Cancel();
        await auditing;
        Assert.Equal(0, Volatile.Read(ref left));
        Assert.Empty(await DisagreementsAsync());
        Assert.Equal(["0", "0"], await PostgreSqlServer.ReadAsync($"SELECT running + queued FROM {Schema}.cap"));
        Assert.Empty(await stores[0].ListCapsAsync("", null, 10, Token));

        async Task AuditAsync()
        {
            while (!done.IsCancellationRequested) Assert.Empty(await DisagreementsAsync());
        }

        async Task WorkAsync(PostgreSqlJobStore store, int number)
        {
            var random = new Random(seed + number);
            var runner = new RunnerId($"runner-{number}");
            for (int i = 0; i < 20; i++) await store.AddAsync([.. Enumerable.Range(0, 3).Select(_ => CappedJob(random))], Token);
            while (Volatile.Read(ref left) > 0)
            {
                done.Token.ThrowIfCancellationRequested();
                var claimed = (await store.ClaimAsync(new(runner, ["work"], random.Next(1, 5), At(1)), Token)).Started;
                var writes = claimed.Select(job => new JobWrite(job.Id, Next(job, random))).ToList();
                // Somebody cancels what others may hold or be taking.
                foreach (var job in (await store.ListAsync(new() { States = [JobState.Queued], Limit = 2 }, Token)).Items)
                    if (random.Next(8) == 0) writes.Add(new(job.Id, JobTransition.RequestCancel("bob", At(2))));
                var answers = await store.ApplyAsync(writes, Token);
                Interlocked.Add(ref left, -answers.Count(answer => answer is { Status: ApplyStatus.Applied, Edge.To: { } to } && to.IsTerminal()));
                await EndCancelledAsync(store, runner);
            }
        }

        async Task EndCancelledAsync(PostgreSqlJobStore store, RunnerId runner)
        {
            var held = (await store.HeartbeatAsync(new(runner, 1, null), Token)).Held.Where(job => job.Phase == JobPhase.RunningCancelling);
            foreach (var job in held)
                await ApplyAsync(store, job.Id, JobTransition.Finish(new(runner, job.Attempt), JobOutcome.Cancelled, At(3)));
            // Each of these is an end as well.
            Interlocked.Add(ref left, -held.Count());
        }
    }

    [Fact]
    public async Task Writers_under_the_same_caps_in_another_order_do_not_wait_for_each_other_in_a_circle()
    {
        PostgreSqlJobStore[] stores = [await OpenAsync(), await OpenAsync()];
        JobCap[] caps = [Narrow with { Size = CapSize.Unlimited }, Wide with { Size = CapSize.Unlimited }];
        Job[] jobs = [.. Enumerable.Range(0, 40).Select(i => NewJob() with { Caps = i % 2 == 0 ? caps : [.. caps.Reverse()] })];
        await stores[0].AddAsync(jobs, Token);
        var claimed = (await stores[0].ClaimAsync(new(Runner, ["work"], 40, At(1)), Token)).Started;
        Assert.Equal(40, claimed.Count);
        await Task.WhenAll(stores.Select((store, i) => WorkScheduler.Default.Run(async () =>
        {
            // Each job is written twice, by both, in batches that overlap.
            foreach (var some in claimed.Skip(i * 5).Chunk(10))
                await store.ApplyAsync([.. some.Select(job => new JobWrite(job.Id, Completed(job)))], Token);
        }))).WaitAsync(Patience, Token);
        Assert.Empty(await DisagreementsAsync());
        Assert.Empty(await stores[1].ListCapsAsync("", null, 10, Token));
    }

    [Fact]
    public async Task A_claim_takes_what_stands_under_no_cap_without_looking_at_any()
    {
        var store = await OpenAsync();
        await store.AddAsync([NewJob(), NewJob(), NewJob() with { Caps = [Narrow] }], Token);
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var locking = new Npgsql.NpgsqlCommand($"SELECT FROM {Schema}.cap FOR UPDATE", connection);
        await locking.ExecuteNonQueryAsync(Token);
        var claimed = await store.ClaimAsync(new(Runner, ["work"], 2, At(1)), Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(2, claimed.Started.Count);
        await ApplyAsync(store, claimed.Started[0].Id, JobTransition.Finish(claimed.Started[0].Fence, JobOutcome.Completed(), At(2)));
        await transaction.CommitAsync(Token);
        Assert.Single((await store.ClaimAsync(new(Runner, ["work"], 2, At(1)), Token)).Started);
    }

    [Fact]
    public async Task What_nobody_stands_under_any_more_is_forgotten()
    {
        var store = await OpenAsync();
        JobCap rated = new("rated", new() { Rate = new(1, TimeSpan.FromHours(1)) });
        var ended = await AddAsync(store, NewJob() with { Caps = [Narrow, rated] });
        await AddAsync(store, NewJob() with { Caps = [Wide] });
        await ApplyAsync(store, ended.Id, JobTransition.RequestCancel("bob", At(1)));
        Assert.Equal(1, await store.RemoveAsync([ended.Id], Token));
        Assert.Equal(["rated", "wide"], await PostgreSqlServer.ReadAsync($"SELECT name FROM {Schema}.cap ORDER BY name"));
    }

    private static Job CappedJob(Random random) => NewJob() with
    {
        Caps = random.Next(4) switch { 0 => [Narrow], 1 => [Wide], 2 => [Wide, Narrow], _ => [Narrow, Wide] },
    };

    private static JobTransition Next(Job job, Random random) => random.Next(4) switch
    {
        0 when job.Attempt < 4 => JobTransition.Retry(job, new("e", "m"), new(At(0)), At(2)),
        1 => JobTransition.Finish(job.Fence, JobOutcome.Failed(new("e", "m")), At(2)),
        _ => Completed(job),
    };

    private static JobTransition Completed(Job job) => JobTransition.Finish(job.Fence, JobOutcome.Completed(), At(2));

    private Task<List<string>> DisagreementsAsync() => PostgreSqlServer.ReadAsync($"""
        SELECT name || ': ' || running || ' running and ' || queued || ' queued; there are ' || held || ' and ' || waiting
        FROM {Schema}.cap CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE phase BETWEEN 1 AND 4) AS held, count(*) FILTER (WHERE phase = 0) AS waiting
            FROM {Schema}.job WHERE name = ANY(caps)) AS seen
        WHERE running <> held OR queued <> waiting OR running > max_running
        """);

    private static int TestSeed()
    {
        int seed = Environment.GetEnvironmentVariable("ERRAND_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture) : RandomNumberGenerator.GetInt32(1 << 30);
        TestContext.Current.TestOutputHelper?.WriteLine($"ERRAND_SEED={seed}");
        return seed;
    }
}
