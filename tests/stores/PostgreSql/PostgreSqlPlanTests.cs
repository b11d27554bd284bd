using Errand.PostgreSql;
using Errand.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Errand.Stores.Tests;

// What PostgreSQL means to do with the statements, over more jobs than it would read from end to end.
public sealed class PostgreSqlPlanTests : PostgreSqlTests
{
    private const int Jobs = 20_000;
    private readonly Statements _statements;

    public PostgreSqlPlanTests() => _statements = new(Schema);

    [Fact]
    public async Task B_17_what_is_asked_often_is_answered_from_an_index()
    {
        var store = await OpenAsync();
        var jobs = await FillAsync(store);
        // A plan is made once for all values, and perhaps at a time when nothing is known of the tables yet.
        foreach (var (what, statement, index) in AskedAllTheTime(jobs)) AssertUses(index, what, await GenericPlanAsync(statement));
        await PostgreSqlServer.RunAsync($"ANALYZE {Schema}.job; ANALYZE {Schema}.history; ANALYZE {Schema}.runner; ANALYZE {Schema}.cap; ANALYZE {Schema}.dependency");
        foreach (var (what, statement, index) in AskedAllTheTime(jobs)) AssertUses(index, what, await GenericPlanAsync(statement));
        foreach (var (what, statement, index) in AskedAllTheTime(jobs)) AssertUses(index, what, await PlanAsync(statement));
        foreach (var (what, statement, index) in AskedByPeople(jobs)) AssertUses(index, what, await PlanAsync(statement));
    }

    [Fact]
    public async Task What_comes_with_every_write_is_not_planned_anew_each_time()
    {
        await OpenAsync();
        var id = JobId.New(At(0));
        var finish = JobTransition.Finish(new(Runner, 1), JobOutcome.Completed(), At(1));
        await using var connection = await PostgreSqlServer.OpenAsync();
        foreach (var statement in (NpgsqlBatchCommand[])[
            WriteStatement.Apply(_statements, new(id, finish)), _statements.LockSessionsAndCapsOf([id]), _statements.LetNextIn([id]),
            _statements.LetNextOfSessionsIn([id])])
        {
            await using var command = new NpgsqlCommand(statement.CommandText, connection);
            foreach (NpgsqlParameter parameter in statement.Parameters) command.Parameters.Add(parameter.Clone());
            await command.PrepareAsync(Token);
            for (int i = 0; i < 10; i++) await command.ExecuteNonQueryAsync(Token);
        }
        await using var plans = new NpgsqlCommand("SELECT custom_plans, statement FROM pg_prepared_statements", connection);
        await using var reader = await plans.ExecuteReaderAsync(Token);
        int statements = 0;
        // The first five are always planned anew.
        for (; await reader.ReadAsync(Token); statements++) Assert.True(reader.GetInt64(0) == 5, $"{reader.GetInt64(0)} plans of {reader.GetString(1)}");
        Assert.Equal(4, statements);
    }

    private IEnumerable<(string What, NpgsqlBatchCommand Statement, string Index)> AskedAllTheTime(Job[] jobs)
    {
        Job queued = jobs.First(job => job.Phase == JobPhase.Queued), running = jobs.First(job => job.Phase == JobPhase.Running);
        var request = new ClaimRequest(Runner, ["work", "other"], 10, At(0));
        JobTransition start = JobTransition.Start(Runner, At(1)), finish = JobTransition.Finish(running.Fence, JobOutcome.Completed(), At(1));
        return
        [
            ("find", _statements.Find([queued.Id]), "job_pkey"),
            ("find by key", _statements.FindByKey([queued]), "job_by_key"),
            ("history", _statements.History(queued.Id), "history_pkey"),
            ("claim's view", WriteStatement.Start(_statements, request, 10, 64, unlessOrphans: true, start), "job_ready"),
            ("claim's write", WriteStatement.Start(_statements, request, 10, 64, unlessOrphans: true, start), "job_pkey"),
            ("orphans", _statements.Orphans(Runner, ["work"], 10), "job_held"),
            ("write", WriteStatement.Apply(_statements, new(running.Id, finish)), "job_pkey"),
            ("let due in", _statements.LetDueIn(At(0)), "job_future"),
            ("next due", _statements.NextDue(At(0)), "job_future"),
            ("place", _statements.Place(queued.Id, 100), "job_ready"),
            ("held", _statements.HeldBy(Runner), "job_held"),
            ("session", _statements.LetNextOfSessionsIn([queued.Id]), "job_in_session"),
            ("sessions", _statements.LetNextOfSessionsIn([queued.Id, running.Id]), "job_in_session"),
            ("end", _statements.LetNextIn([running.Id]), "job_in_session"),
            ("ends", _statements.LetNextIn([running.Id, queued.Id]), "job_in_session"),
            ("locks of a write", _statements.LockSessionsAndCapsOf([running.Id]), "cap_pkey"),
            ("count of a write", WriteStatement.Apply(_statements, new(running.Id, finish)), "cap_pkey"),
            ("claim's view of caps", _statements.Candidates(request, 10, 64), "job_at_cap"),
            ("claim's look for caps", WriteStatement.Start(_statements, request, 10, 64, unlessOrphans: true, start), "cap_open"),
            ("find by fingerprint", _statements.FindByFingerprint([queued]), "job_standing_in"),
            ("dependents", _statements.Dependencies.Tell(100), "dependency_untold"),
            ("removal", _statements.Remove([running.Id]), "dependency_by_child"),
            ("times", _statements.Recent("work", JobPhase.Completed, 50), "job_ended"),
        ];
    }

    private IEnumerable<(string What, NpgsqlBatchCommand Statement, string Index)> AskedByPeople(Job[] jobs) =>
    [
        ("list", List(new()), "job_pkey"),
        ("next page", List(new() { After = jobs[^100].Id }), "job_pkey"),
        ("oldest first", List(new() { OldestFirst = true, After = jobs[100].Id }), "job_pkey"),
        ("list of the running", List(new() { States = [JobState.Running] }), "job_held"),
        ("list of the live", List(new() { States = [JobState.Queued, JobState.Running, JobState.Waiting] }), "job_live"),
        ("list of the failed", List(new() { States = [JobState.Failed] }), "job_failed"),
        ("list of an owner", List(new() { Owner = "owner-7" }), "job_by_owner"),
        ("list of an agent", List(new() { Agent = "agent-7" }), "job_by_agent"),
        ("list of a session", List(new() { Session = "session-7" }), "job_by_session"),
        ("list of a parent", List(new() { Parent = jobs[7].Id }), "job_by_parent"),
        ("list of a batch", List(new() { Batch = jobs[7].Id }), "job_by_batch"),
        ("list of a fingerprint", List(new() { Fingerprint = "print-7" }), "job_by_fingerprint"),
        ("list of dead letters", List(new() { DeadLetters = true }), "job_dead"),
        ("list of what is kept no longer", List(new() { ExpiredBefore = At(20), OldestFirst = true }), "job_expiring"),
        ("list of a tag", List(new() { Tag = "tag-7" }), "job_by_tag"),
        ("list of what ended long ago", List(new() { States = [JobState.Completed], FinishedBefore = At(20), OldestFirst = true }), "job_finished"),
    ];

    private static void AssertUses(string index, string what, string plan)
    {
        Assert.True(plan.Split(' ', '\n').Contains(index), $"The {what} does not use {index}:\n{plan}");
        Assert.False(plan.Contains("Seq Scan on job", StringComparison.Ordinal), $"The {what} reads every job:\n{plan}");
    }

    private NpgsqlBatchCommand List(JobQuery query) => QueryStatement.List(_statements, query, query.Limit);

    // A store as it is after a while: most jobs have ended, some wait, a few run.
    private async Task<Job[]> FillAsync(PostgreSqlJobStore store)
    {
        Job[] jobs = [.. Enumerable.Range(0, Jobs).Select(MakeJob)];
        foreach (var chunk in jobs.Chunk(5000)) await store.AddAsync(chunk, Token);
        await PostgreSqlServer.RunAsync(
            $"INSERT INTO {Schema}.history (job, version, line, at, name, attempt) SELECT id, 1, 0, 0, 'note', 0 FROM {Schema}.job;" +
            $"INSERT INTO {Schema}.cap (name, running) SELECT 'owner/' || i, 1 FROM generate_series(1, 5000) AS i;" +
            $"INSERT INTO {Schema}.dependency SELECT id, id, 0, false, true FROM {Schema}.job LIMIT 5000");
        return jobs;
    }

    private static Job MakeJob(int i)
    {
        var spec = new JobSpec(i % 3 == 0 ? "work" : "other")
        {
            Owner = i % 10 < 5 ? JobSpec.LocalOwner : $"owner-{i % 1000}", Key = i % 2 == 0 ? $"key-{i}" : null,
            Agent = $"agent-{i % 1000}", Session = $"session-{i % 1000}", Tags = [$"tag-{i % 1000}", "all"], Title = $"Number {i}",
            Parent = JobId.From(At(i % 1000), new byte[16]), Batch = JobId.From(At(i % 1000), new byte[16]),
            Fingerprint = $"print-{i % 1000}", KeepFor = i % 2 == 0 ? TimeSpan.FromSeconds(10) : null,
        };
        var job = Job.Queued(JobId.From(At(i), new byte[16]), i % 50 == 0 ? spec with { RunAt = At(i + 1000) } : spec, At(i));
        return (i % 10, i % 100) switch
        {
            (0 or 1, _) => job,
            (_, 42) => job with { Phase = JobPhase.Running, Runner = new($"runner-{i % 7}"), Attempt = 1, StartedAt = At(i) },
            (_, 43) => Ended(job, JobPhase.Failed, JobOutcome.Failed(new("code", "message")), i) with { IsDeadLetter = i % 400 == 43 },
            _ => Ended(job, JobPhase.Completed, JobOutcome.Completed(), i),
        };
    }

    private static Job Ended(Job job, JobPhase phase, JobOutcome outcome, int i) =>
        job with { Phase = phase, Outcome = outcome, Attempt = 1, Runner = Runner, StartedAt = At(i), FinishedAt = At(i + 1) };

    private static async Task<string> PlanAsync(NpgsqlBatchCommand statement)
    {
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var batch = new NpgsqlBatch(connection);
        statement.CommandText = $"EXPLAIN {statement.CommandText}";
        batch.BatchCommands.Add(statement);
        await using var reader = await batch.ExecuteReaderAsync(Token);
        return await ReadAsync(reader);
    }

    /// <summary>The plan that is made when the values are not looked at.</summary>
    private static async Task<string> GenericPlanAsync(NpgsqlBatchCommand statement)
    {
        if (statement.Parameters.Count == 0) return await PlanAsync(statement);
        // A connection that had prepared statements keeps them when it is given back.
        string name = $"asked_{Guid.NewGuid():N}";
        string types = string.Join(", ", statement.Parameters.Select(parameter => TypeName(parameter.NpgsqlDbType)));
        string values = string.Join(", ", statement.Parameters.Select(_ => "NULL"));
        await using var connection = await PostgreSqlServer.OpenAsync();
        await using var prepare = new NpgsqlCommand($"PREPARE {name} ({types}) AS {statement.CommandText}", connection);
        await prepare.ExecuteNonQueryAsync(Token);
        await using var force = new NpgsqlCommand("SET plan_cache_mode = force_generic_plan", connection);
        await force.ExecuteNonQueryAsync(Token);
        await using var explain = new NpgsqlCommand($"EXPLAIN EXECUTE {name} ({values})", connection);
        await using var reader = await explain.ExecuteReaderAsync(Token);
        return await ReadAsync(reader);
    }

    private static string TypeName(NpgsqlDbType type) =>
        (type & NpgsqlDbType.Array) == 0 ? type.ToString() : $"{type & ~NpgsqlDbType.Array}[]";

    private static async Task<string> ReadAsync(NpgsqlDataReader reader)
    {
        List<string> lines = [];
        while (await reader.ReadAsync(Token)) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
