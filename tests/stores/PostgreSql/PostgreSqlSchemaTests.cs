using Errand.PostgreSql;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlSchemaTests : PostgreSqlTests
{
    private const string NoTags = "{}";
    private static readonly Migration Next = new(3, 2, "ALTER TABLE {schema}.job ADD COLUMN colour text");
    private static readonly Migration Breaking = new(3, 3, "ALTER TABLE {schema}.job RENAME COLUMN seq TO arrival");

    [Fact]
    public async Task J_7_four_instances_that_open_an_empty_database_at_once_make_one_store()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => NewStore()).ToList();
        await Task.WhenAll(stores.Select(store => store.OpenAsync(Token).AsTask()));
        var job = await AddAsync(stores[0], NewJob());
        foreach (var store in stores) Assert.Equal(job.Id, (await store.FindAsync(job.Id, Token))?.Id);
        Assert.Equal(["1"], await PostgreSqlServer.ReadAsync($"SELECT count(*) FROM {Schema}.meta"));
    }

    [Fact]
    public async Task J_7_an_older_store_is_brought_up_to_date_with_what_it_holds()
    {
        var job = await AddAsync(await OpenAsync(), NewJob());
        var newer = await OpenAsync(Options with { Migrations = [.. Migration.All, Next] });
        Assert.Equal(job.Id, (await newer.FindAsync(job.Id, Token))?.Id);
        Assert.Equal(["3"], await PostgreSqlServer.ReadAsync($"SELECT schema FROM {Schema}.meta"));
    }

    [Fact]
    public async Task J_7_a_store_of_the_first_schema_is_brought_up_to_date_with_what_it_holds()
    {
        await OpenAsync(Options with { Migrations = [.. Migration.All.Take(1)] });
        // Rows as builds of that schema wrote them.
        Job[] jobs = [NewJob(), NewJob(session: "s"), NewJob(session: "s")];
        await PostgreSqlServer.RunAsync($"""
            INSERT INTO {Schema}.job
                (id, kind, owner, phase, version, attempt, holds, rank, session, priority, created_at, scheduled_at, last_activity_at, search, tags, runner)
            VALUES
                ('{jobs[0].Id}', 'work', 'local', 1, 2, 1, 0, {jobs[0].Rank}, NULL, 0, 1, 1, 1, 'WORK', '{NoTags}', 'runner-1'),
                ('{jobs[1].Id}', 'work', 'local', 0, 1, 0, 0, {jobs[1].Rank}, 's', 0, 1, 1, 1, 'WORK', '{NoTags}', NULL),
                ('{jobs[2].Id}', 'work', 'local', 0, 1, 0, 2, {jobs[2].Rank}, 's', 0, 1, 1, 1, 'WORK', '{NoTags}', NULL)
            """);
        var store = await OpenAsync();
        var child = await AddAsync(store, NewJob(spec: new("work") { After = [JobDependency.OnSuccess(jobs[0].Id)] }));
        Assert.Equal(1, child.PendingParents);
        var running = (await store.FindAsync(jobs[0].Id, Token))!;
        Assert.Equal((JobPhase.Running, 0, false, JobReuse.None), (running.Phase, running.PendingParents, running.IsDeadLetter, running.Spec.Reuse));
        await ApplyAsync(store, running.Id, JobTransition.Finish(running.Fence, JobOutcome.Completed(), At(1)));
        Assert.Empty((await store.ReleaseAsync(10, Token)).Unmet);
        var claimed = (await store.ClaimAsync(new(Runner, ["work"], 10, At(2)), Token)).Started;
        Assert.Equal(new[] { jobs[1].Id, child.Id }.Order(), claimed.Select(job => job.Id).Order());
    }

    [Fact]
    public async Task B_42_a_build_of_the_first_schema_refuses_a_store_whose_caps_it_would_not_count()
    {
        await OpenAsync();
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await OpenAsync(Options with { Migrations = [.. Migration.All.Take(1)] }));
    }

    [Fact]
    public async Task J_7_an_older_process_goes_on_with_a_store_that_a_newer_one_has_only_added_to()
    {
        var older = await OpenAsync();
        await StartedAsync(older);
        var newer = await OpenAsync(Options with { Migrations = [.. Migration.All, Next] });
        var job = await AddAsync(newer, NewJob());
        // Statements that were prepared before, and a process that comes only now.
        foreach (var store in new[] { older, await OpenAsync() })
        {
            Assert.Equal(job.Id, (await store.FindAsync(job.Id, Token))?.Id);
            await StartedAsync(store);
        }
        Assert.Equal(["3"], await PostgreSqlServer.ReadAsync($"SELECT schema FROM {Schema}.meta"));
    }

    [Fact]
    public async Task B_42_a_store_written_by_a_newer_version_is_refused_and_left_as_it_is()
    {
        await OpenAsync(Options with { Migrations = [.. Migration.All, Breaking] });
        const string Tables = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = ";
        var before = await PostgreSqlServer.ReadAsync($"{Tables}'{Schema}' ORDER BY 1");
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await OpenAsync());
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Update Errand", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await PostgreSqlServer.ReadAsync($"{Tables}'{Schema}' ORDER BY 1"));
        Assert.Equal(["3"], await PostgreSqlServer.ReadAsync($"SELECT schema FROM {Schema}.meta"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        await OpenAsync();
        var broken = new Migration(4, 2, "CREATE TABLE {schema}.half (id int); SELECT 1 / 0");
        var options = Options with { Migrations = [.. Migration.All, Next, broken] };
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync(options));
        Assert.Equal(["2"], await PostgreSqlServer.ReadAsync($"SELECT schema FROM {Schema}.meta"));
        Assert.Equal([""], await PostgreSqlServer.ReadAsync($"SELECT to_regclass('{Schema}.half')::text"));
    }

    [Fact]
    public async Task Two_stores_in_one_database_know_nothing_of_each_other()
    {
        var other = Options with { Schema = $"{Schema}_b" };
        try
        {
            var first = await OpenAsync();
            var second = await OpenAsync(other);
            var job = await AddAsync(first, NewJob());
            Assert.Null(await second.FindAsync(job.Id, Token));
            Assert.Empty((await second.ClaimAsync(new(Runner, ["work"], 10, At(1)), Token)).Started);
        }
        finally
        {
            await PostgreSqlServer.DropAsync(other.Schema);
        }
    }

    [Fact]
    public async Task A_schema_with_somebody_elses_tables_is_refused()
    {
        await PostgreSqlServer.RunAsync($"CREATE SCHEMA {Schema}; CREATE TABLE {Schema}.job (mine int)");
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await OpenAsync());
        Assert.Contains("choose a schema that Errand has to itself", refused.Message, StringComparison.Ordinal);
        var columns = await PostgreSqlServer.ReadAsync($"SELECT column_name FROM information_schema.columns WHERE table_schema = '{Schema}'");
        Assert.Equal(["mine"], columns);
    }

    [Fact]
    public async Task A_user_without_rights_is_told_which_ones_it_needs_and_needs_no_more()
    {
        string user = $"{Schema}_user";
        await PostgreSqlServer.RunAsync($"CREATE ROLE {user} LOGIN PASSWORD 'secret'");
        try
        {
            var options = Options with { ConnectionString = $"{Options.ConnectionString};Username={user};Password=secret" };
            var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await OpenAsync(options));
            Assert.Contains("CREATE SCHEMA", refused.Message, StringComparison.Ordinal);
            await PostgreSqlServer.RunAsync($"CREATE SCHEMA {Schema} AUTHORIZATION {user}");
            var store = await OpenAsync(options);
            await StartedAsync(store);
            await store.DisposeAsync();
        }
        finally
        {
            await PostgreSqlServer.DropAsync(Schema);
            await PostgreSqlServer.RunAsync($"DROP ROLE {user}");
        }
    }

    [Fact]
    public async Task A_database_that_cannot_hold_every_text_is_refused()
    {
        string database = $"{Schema}_latin";
        await PostgreSqlServer.RunAsync($"CREATE DATABASE {database} ENCODING 'LATIN1' TEMPLATE template0");
        try
        {
            var store = NewStore(Options with { ConnectionString = $"{Options.ConnectionString};Database={database};Pooling=false" });
            var refused = await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.OpenAsync(Token));
            Assert.Contains("LATIN1", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await PostgreSqlServer.RunAsync($"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Errand")]
    [InlineData("er rand")]
    [InlineData("1st")]
    [InlineData("pg_errand")]
    [InlineData("errand\n")]
    [InlineData("x\"; DROP TABLE y; --")]
    [InlineData("a_name_that_is_longer_than_forty_eight_characters_")]
    public void A_schema_must_have_a_plain_name(string schema) => Assert.Throws<ArgumentException>(() => NewStore(Options with { Schema = schema }));

    [Fact]
    public void P_5_passwords_show_nowhere()
    {
        var options = Options with { ConnectionString = "Host=db.example;Username=app;Password=hunter2;Database=work" };
        Assert.DoesNotContain("hunter2", options.ToString(), StringComparison.Ordinal);
        string description = NewStore(options).Description;
        Assert.Equal($"postgresql db.example:5432/work (schema {Schema})", description);
    }
}
