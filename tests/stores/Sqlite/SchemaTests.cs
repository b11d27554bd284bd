using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>Stores of an older or a newer schema: what is in them, and how they are brought up to date.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task J_07_a_store_of_the_first_schema_opens_with_all_that_is_in_it()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        await using var store = await _folder.OpenedAsync();
        var counts = await store.CountAsync(new(), Token);
        Assert.Equal([5, 1, 1, 0, 1, 1], Enum.GetValues<JobState>().Select(state => counts[state]));
        var jobs = (await store.ListAsync(new() { OldestFirst = true }, Token)).Items;
        var full = jobs.Single(job => job.Spec.Key == "request 1");
        Assert.Equal(("Build — everything", "planner", "main", 2), (full.Spec.Title, full.Spec.Agent, full.Spec.Session, full.Spec.Priority));
        Assert.Equal(["nightly", "größer"], full.Spec.Tags);
        Assert.Equal("main", full.Spec.Metadata["branch"]);
        Assert.Equal((TimeSpan.FromMinutes(5), 5, 1.5), (full.Spec.Limits!.WallTime, full.Spec.Retry!.MaxRetries, full.Spec.Retry.Factor));
        Assert.Equal("""{"line":"make  all"}""", full.Spec.Input.ToString());
        var failed = jobs.Single(job => job.State == JobState.Failed);
        Assert.Equal(new("exit_code", "It ended with 3.", false) { Details = JobData.Parse("""{"tail":["a","b"]}""") }, failed.Outcome!.Error);
        Assert.Equal((3, new OutputSummary(5_000_000_000, 12, "00ff")), (failed.Outcome.ExitCode, failed.Outcome.Output));
        var waiting = jobs.Single(job => job.State == JobState.Waiting);
        Assert.Equal("\"sure?\"", Assert.Single(waiting.Inputs).Request.ToString());
        var cancelled = jobs.Single(job => job.State == JobState.Cancelled);
        Assert.Equal(("bob", "SIGTERM"), (cancelled.CancelRequest!.By, cancelled.Outcome!.Signal));
        var history = await store.HistoryAsync(cancelled.Id, Token);
        Assert.Equal([JobEvents.CancelRequested, JobEvents.WorkEnded, JobEvents.SlotFreed], history.Select(line => line.Name));
        var record = await store.ReadRecordAsync("schedule/nightly", Token);
        Assert.Equal((2L, """{"cron":"0 4 * * *"}"""), (record!.Version, record.Value.ToString()));
    }

    [Fact]
    public async Task J_07_work_goes_on_in_a_store_of_the_first_schema()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        await using var store = await _folder.OpenedAsync();
        var runner = new RunnerId("runner-3");
        var at = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        Assert.True((await store.HeartbeatAsync(new(new("runner-2"), 4, null), Token)).Lapsed);
        var beat = await store.HeartbeatAsync(new(runner, 1, null), Token);
        Assert.Equal(new(new("runner-1"), 7, new("0c1f9e4a-boot", 4711, 987_654_321)), Assert.Single(beat.Others));
        var claim = await store.ClaimAsync(new(runner, ["command", "tool"], 10, at), Token);
        Assert.Equal(4, claim.Started.Count);
        var first = claim.Started.Single(job => job.Spec.Session == "main");
        await store.ApplyAsync([new(first.Id, JobTransition.Finish(first.Fence, JobOutcome.Completed(), at))], Token);
        Assert.Single((await store.ClaimAsync(new(runner, ["command", "tool"], 10, at), Token)).Started);
    }

    [Fact]
    public async Task J_07_jobs_of_the_first_schema_are_joined_by_those_of_the_second()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        await using var store = await _folder.OpenedAsync();
        var runner = new RunnerId("runner-3");
        var at = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        var before = (await store.ListAsync(new() { States = [JobState.Queued], Kind = "tool", OldestFirst = true }, Token)).Items[0];
        var cap = new JobCap("gpu", new() { Running = 1 });
        var now = NewJob();
        var after = now with { Id = JobId.New(now.CreatedAt), Spec = new("late") { After = [JobDependency.OnSuccess(before.Id)] }, Caps = [cap] };
        var capped = now with { Spec = new("late"), Caps = [cap] };
        await store.AddAsync([capped, after], Token);
        var started = (await store.ClaimAsync(new(runner, ["tool"], 10, at), Token)).Started;
        Assert.Contains(before.Id, started.Select(job => job.Id));
        await store.ApplyAsync([new(before.Id, JobTransition.Finish(new(runner, 1), JobOutcome.Completed(), at))], Token);
        Assert.False((await store.ReleaseAsync(10, Token)).More);
        Assert.Equal(capped.Id, Assert.Single((await store.ClaimAsync(new(runner, ["late"], 10, now.CreatedAt), Token)).Started).Id);
        Assert.Equal((JobHolds.Cap, 0), (await store.FindAsync(after.Id, Token)) is { } held ? (held.Holds, held.PendingParents) : default);
        Assert.Equal("2", Text("SELECT value FROM meta WHERE name = 'schema'"));
        Assert.Equal("2", Text("SELECT value FROM meta WHERE name = 'min_reader'"));
        Assert.Equal("ok", Text("PRAGMA integrity_check"));
    }

    [Fact]
    public void The_first_schema_is_the_one_that_was_released()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        string other = Path.Combine(_folder.Root, "new.db");
        using (var connection = SqliteConnection.Open(other, ConnectionMode.Create)) connection.Execute(Schema1.Sql);
        Assert.Equal(SchemaOf(_folder.File), SchemaOf(other));
    }

    [Fact]
    public async Task J_07_a_store_of_a_newer_schema_that_can_be_read_is_opened()
    {
        const string newer = "UPDATE meta SET value = '7' WHERE name = 'schema'; ALTER TABLE job ADD COLUMN colour TEXT; CREATE TABLE more (x);";
        _folder.Fill(StoreFolder.FirstSchema + Schema2.Sql + newer);
        await using var store = await _folder.OpenedAsync();
        Assert.True(Assert.Single(await store.AddAsync([NewJob()], Token)).Added);
    }

    [Fact]
    public async Task Migrations_are_applied_once_however_many_open_at_once()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        Migration[] migrations =
        [
            .. Migration.All,
            new(3, 1, "ALTER TABLE job ADD COLUMN colour TEXT; CREATE TABLE steps (name TEXT); INSERT INTO steps VALUES ('three');"),
            new(4, 1, "INSERT INTO steps VALUES ('four');"),
        ];
        var stores = Enumerable.Range(0, 6)
            .Select(_ => StoreFolder.Store(new SqliteStoreOptions { Path = _folder.File, Migrations = migrations })).ToList();
        await Task.WhenAll(stores.Select(store => store.OpenAsync(Token).AsTask()));
        foreach (var store in stores) Assert.True(Assert.Single(await store.AddAsync([NewJob()], Token)).Added);
        foreach (var store in stores) await store.DisposeAsync();
        using var connection = SqliteConnection.Open(_folder.File, ConnectionMode.Read);
        Assert.Equal("three,four", connection.ReadText("SELECT group_concat(name) FROM steps"));
        Assert.Equal("4", connection.ReadText("SELECT value FROM meta WHERE name = 'schema'"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_store_as_it_was()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        Migration[] migrations = [.. Migration.All, new(3, 3, "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);")];
        await using (var store = StoreFolder.Store(new SqliteStoreOptions { Path = _folder.File, Migrations = migrations }))
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        await using var older = await _folder.OpenedAsync();
        Assert.Equal(9, (await older.ListAsync(new(), Token)).Items.Count);
    }

    private static Job NewJob()
    {
        var now = TimeProvider.System.GetUtcNow();
        return Job.Queued(JobId.New(now), new("work"), now);
    }

    private string Text(string sql)
    {
        using var connection = SqliteConnection.Open(_folder.File, ConnectionMode.Read);
        return connection.ReadText(sql);
    }

    private static List<string> SchemaOf(string path)
    {
        using var connection = SqliteConnection.Open(path, ConnectionMode.Read);
        using var statement = connection.Prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
        List<string> schema = [];
        while (statement.Step()) schema.Add(statement.Text(0));
        return schema;
    }
}
