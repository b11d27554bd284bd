using System.Text;
using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>Which files are opened, which are refused, and that a refused one is left as it was.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_is_made_with_its_folder()
    {
        string path = Path.Combine(_folder.Root, "a", "b", "errand.db");
        await using var store = await _folder.OpenedAsync(path);
        Assert.True(File.Exists(path));
        Assert.Equal($"sqlite {path}", store.Description);
    }

    [Fact]
    public async Task A_store_that_was_closed_leaves_one_file()
    {
        var store = await _folder.OpenedAsync();
        await store.AddAsync([NewJob()], Token);
        await store.DisposeAsync();
        Assert.Equal([_folder.File], Directory.EnumerateFileSystemEntries(_folder.Root));
    }

    [Fact]
    public async Task J_07_a_store_of_the_first_schema_opens_with_all_that_is_in_it()
    {
        Fill(_folder.File, Fixture);
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
        Fill(_folder.File, Fixture);
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
        Fill(_folder.File, Fixture);
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
        Fill(_folder.File, Fixture);
        string other = Path.Combine(_folder.Root, "new.db");
        using (var connection = SqliteConnection.Open(other, ConnectionMode.Create)) connection.Execute(Schema1.Sql);
        Assert.Equal(SchemaOf(_folder.File), SchemaOf(other));
    }

    [Fact]
    public async Task J_07_a_store_of_a_newer_schema_that_can_be_read_is_opened()
    {
        const string newer = "UPDATE meta SET value = '7' WHERE name = 'schema'; ALTER TABLE job ADD COLUMN colour TEXT; CREATE TABLE more (x);";
        Fill(_folder.File, Fixture + Schema2.Sql + newer);
        await using var store = await _folder.OpenedAsync();
        Assert.True(Assert.Single(await store.AddAsync([NewJob()], Token)).Added);
    }

    [Fact]
    public async Task B_42_a_store_that_only_a_newer_version_can_read_is_refused()
    {
        Fill(_folder.File, Fixture + "UPDATE meta SET value = '9' WHERE name = 'schema'; UPDATE meta SET value = '8' WHERE name = 'min_reader';");
        var refusal = await RefusedAsync();
        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Update Errand", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dear diary, this is not a database at all, but it is quite long: ................................................................")]
    [InlineData("x")]
    public async Task B_42_a_file_that_is_no_database_is_refused(string content)
    {
        await File.WriteAllTextAsync(_folder.File, content, Token);
        Assert.Contains("Choose another path", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_42_a_database_of_something_else_is_refused()
    {
        Fill(_folder.File, "CREATE TABLE diary (day TEXT, entry TEXT);");
        Assert.Contains("not a store of Errand", (await RefusedAsync()).Message, StringComparison.Ordinal);
        Fill(_folder.File, "CREATE TABLE meta (name TEXT, value TEXT);");
        Assert.Contains("not a store of Errand", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(20)]
    public async Task B_42_a_damaged_store_is_refused(int page)
    {
        Fill(_folder.File, Fixture);
        await using (var file = File.OpenWrite(_folder.File))
        {
            file.Position = (page * 4096) + (page == 0 ? 100 : 0);
            await file.WriteAsync(Encoding.ASCII.GetBytes(new string('#', 300)), Token);
        }
        var refusal = await RefusedAsync();
        Assert.Contains(_folder.File, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("backup", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_42_a_store_that_was_cut_off_is_refused()
    {
        Fill(_folder.File, Fixture);
        await using (var file = File.OpenWrite(_folder.File)) file.SetLength(file.Length / 2);
        Assert.Contains("damaged", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_becomes_a_store()
    {
        await File.WriteAllBytesAsync(_folder.File, [], Token);
        await using var store = await _folder.OpenedAsync();
        Assert.Empty((await store.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task A_path_that_is_a_folder_is_said_to_be_unusable()
    {
        await using var store = _folder.Store(_folder.Root);
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        Assert.Contains(_folder.Root, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_opened_can_be_opened_later()
    {
        string path = Path.Combine(_folder.Root, "not", "there.db");
        await File.WriteAllTextAsync(Path.GetDirectoryName(path)!, "in the way", Token);
        await using var store = _folder.Store(path);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        File.Delete(Path.GetDirectoryName(path)!);
        await store.OpenAsync(Token);
        Assert.True(Assert.Single(await store.AddAsync([NewJob()], Token)).Added);
    }

    [Fact]
    public async Task Migrations_are_applied_once_however_many_open_at_once()
    {
        Fill(_folder.File, Fixture);
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
        Fill(_folder.File, Fixture);
        Migration[] migrations = [.. Migration.All, new(3, 3, "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);")];
        await using (var store = StoreFolder.Store(new SqliteStoreOptions { Path = _folder.File, Migrations = migrations }))
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        await using var older = await _folder.OpenedAsync();
        Assert.Equal(9, (await older.ListAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task Several_processes_may_open_a_new_store_at_once()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => StoreProcess.Start(_folder.File, adds: 5)).ToList();
        var ids = new List<JobId>();
        foreach (var process in processes) ids.AddRange(await process.ReadToEndAsync(Token));
        foreach (var process in processes) process.Dispose();
        Assert.Equal(20, ids.Count);
        await using var store = await _folder.OpenedAsync();
        Assert.Equal(ids.Order(), (await store.ListAsync(new() { OldestFirst = true }, Token)).Items.Select(job => job.Id));
    }

    [Fact]
    public void A_library_that_is_missing_is_named_with_what_to_install()
    {
        var error = Assert.Throws<StoreUnavailableException>(() => SqliteLibrary.Find(["libnosuchsqlite.so.0"]));
        Assert.Contains("libsqlite3-0", error.Message, StringComparison.Ordinal);
        Assert.Contains("libnosuchsqlite.so.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_too_old_is_named_with_its_version()
    {
        var error = Assert.Throws<StoreUnavailableException>(() => SqliteLibrary.Check(3_034_001));
        Assert.Contains("3.34.1", error.Message, StringComparison.Ordinal);
        Assert.Equal("3.35.0", SqliteLibrary.Check(3_035_000));
    }

    private static string Fixture => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sqlite", "Fixtures", "schema-1.sql"));

    private static Job NewJob()
    {
        var now = TimeProvider.System.GetUtcNow();
        return Job.Queued(JobId.New(now), new("work"), now);
    }

    private static void Fill(string path, string script)
    {
        File.Delete(path);
        using var connection = SqliteConnection.Open(path, ConnectionMode.Create);
        connection.Execute(script);
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

    private async Task<StoreRefusedException> RefusedAsync()
    {
        byte[] before = await File.ReadAllBytesAsync(_folder.File, Token);
        await using (var store = _folder.Store())
        {
            var refusal = await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.OpenAsync(Token));
            await store.DisposeAsync();
            Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File, Token));
            Assert.Equal([_folder.File], Directory.EnumerateFileSystemEntries(_folder.Root));
            return refusal;
        }
    }
}
