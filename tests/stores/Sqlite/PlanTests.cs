using System.Collections.Concurrent;
using Errand.Sqlite;
using Errand.Storage;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>That no statement looks at more of the file than it must: what SQLite says it would do for each text the store has prepared.</summary>
public sealed class PlanTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);
    private static readonly RunnerId Runner = new("runner-1"), Other = new("runner-2");
    private readonly StoreFolder _folder = new();
    private readonly ConcurrentDictionary<string, byte> _texts = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task B_17_no_statement_scans_the_jobs()
    {
        await using var store = StoreFolder.Store(new SqliteStoreOptions { Path = _folder.File, RewriteSql = Noted });
        await store.OpenAsync(Token);
        await WriteAllAsync(store);
        await ShareAllAsync(store);
        foreach (var query in Queries())
        {
            await store.ListAsync(query, Token);
            if (query.After is null) await store.CountAsync(query, Token);
        }
        await ReadAllAsync(store);
        using var connection = SqliteConnection.Open(_folder.File, ConnectionMode.Read);
        var plans = _texts.Keys.Where(HasPlan)
            .SelectMany(text => PlanOf(connection, text).Select(step => (Text: text, Step: step))).ToList();
        Assert.True(plans.Count > 100, $"Only {plans.Count} steps were looked at.");
        Assert.Empty(plans.Where(plan => IsScan(plan.Step)).Select(plan => $"{plan.Step} in {plan.Text}"));
        Assert.Empty(plans.Where(plan => IsSort(plan.Step) && !MaySort(plan.Text)).Select(plan => $"{plan.Step} in {plan.Text}"));
    }

    [Fact]
    public void A_statement_that_scans_is_found_out()
    {
        using var connection = SqliteConnection.Open(_folder.File, ConnectionMode.Create);
        connection.Execute(Schema1.Sql);
        connection.Execute(Schema2.Sql);
        Assert.Contains(PlanOf(connection, "SELECT name FROM cap WHERE running > 0"), IsScan);
        Assert.Contains(PlanOf(connection, "SELECT child FROM dependency WHERE on_end = 1"), IsScan);
        Assert.Contains(PlanOf(connection, "SELECT id FROM job WHERE title = ?"), IsScan);
        Assert.Contains(PlanOf(connection, "SELECT id FROM job WHERE kind = ? ORDER BY id"), IsSort);
    }

    // Not the scripts that make the tables.
    private static bool HasPlan(string text) =>
        text.StartsWith("UPDATE", StringComparison.Ordinal)
        || (text.Contains("FROM", StringComparison.Ordinal) && !text.Contains("CREATE ", StringComparison.Ordinal));

    private string Noted(string text)
    {
        _texts.TryAdd(text, 0);
        return text;
    }

    // Walking the ids in their order, from where a page begins, is what a list without conditions does.
    private static bool IsScan(string step) =>
        step.StartsWith("SCAN ", StringComparison.Ordinal)
        && new[] { "job", "history", "runner", "record", "change", "cap", "dependency", "ended" }.Contains(step.Split(' ')[1])
        && !step.EndsWith("INDEX job_by_id", StringComparison.Ordinal)
        // Both indexes have only what is asked for.
        && !step.Contains("INDEX runner_living", StringComparison.Ordinal)
        && !step.EndsWith("INDEX cap_open", StringComparison.Ordinal);

    private static bool IsSort(string step) => step.Contains("TEMP B-TREE", StringComparison.Ordinal);

    // What lapsed runners held is little, and taken over once; and counts are of eight phases.
    private static bool MaySort(string text) =>
        text.Contains("INDEXED BY job_held", StringComparison.Ordinal) || text.EndsWith("GROUP BY phase", StringComparison.Ordinal);

    private static List<string> PlanOf(SqliteConnection connection, string text)
    {
        using var plan = connection.Prepare("EXPLAIN QUERY PLAN " + text);
        List<string> steps = [];
        while (plan.Step()) steps.Add(plan.Text(3));
        return steps;
    }

    private static async Task WriteAllAsync(SqliteJobStore store)
    {
        var full = new JobSpec("work") { Session = "s", Agent = "a", Owner = "ann", Key = "k", Parent = JobId.New(Start), Tags = ["t"] };
        static Job New(JobSpec spec) => Job.Queued(JobId.New(Start), spec, Start);
        Job[] jobs = [New(new("work")), New(new("work")), New(new("work")), New(new("work")), New(full)];
        await store.AddAsync(jobs, Token);
        await store.AddAsync([jobs[0], New(full), New(new("b") { RunAt = Start.AddHours(1) })], Token);
        await store.HeartbeatAsync(new(Runner, 1, null), Token);
        var started = (await store.ClaimAsync(new(Runner, ["work", "b"], 3, Start.AddHours(2)), Token)).Started;
        var error = new JobError("e", "m");
        await store.ApplyAsync(
        [
            new(started[0].Id, JobTransition.ReportProgress(started[0].Fence, new(1), Start)),
            new(started[0].Id, JobTransition.Finish(started[0].Fence, JobOutcome.Completed(), Start)),
            new(started[1].Id, JobTransition.Retry(started[1], error, new(Start), Start)),
            new(jobs[4].Id, JobTransition.RequestCancel("ann", Start)),
            new(JobId.New(Start), JobTransition.RequestCancel("ann", Start)),
        ], Token);
        await store.LapseAsync(Runner, 1, Token);
        await store.ClaimAsync(new(Other, ["work", "b"], 3, Start), Token);
        await store.WriteRecordAsync("r", 0, JobData.Parse("1"), Token);
        await store.WriteRecordAsync("r", 1, JobData.Parse("2"), Token);
        await store.WriteRecordAsync("r", 2, default, Token);
        await store.RemoveAsync([started[0].Id], Token);
    }

    // Everything that jobs have to do with one another: each statement that is for this is prepared once.
    private static async Task ShareAllAsync(SqliteJobStore store)
    {
        JobCap[] caps = [new("gpu", new() { Running = 1, Queued = 5, Rate = new(1, TimeSpan.FromSeconds(1)) }), new("idle", new() { Running = 3 })];
        static Job New(JobSpec spec) => Job.Queued(JobId.New(Start), spec, Start);
        var first = New(new("shared") { Reuse = JobReuse.Result, Fingerprint = "f", KeepFor = TimeSpan.Zero }) with { Caps = caps };
        Job[] jobs =
        [
            first, New(new("shared")) with { Caps = caps }, New(new("shared") { Batch = JobId.New(Start), After = [JobDependency.OnSuccess(first.Id)] }),
            New(new("shared") { After = [JobDependency.OnEnd(first.Id)] }),
        ];
        await store.AddAsync(jobs, Token);
        await store.WriteRecordAsync("paused/other", 0, JobData.Parse("1"), Token);
        var started = (await store.ClaimAsync(new(Other, ["shared"], 3, Start), Token)).Started;
        await store.PlaceAsync(jobs[1].Id, 10, Token);
        await store.ApplyAsync([new(first.Id, JobTransition.Finish(started[0].Fence, JobOutcome.Completed(), Start))], Token);
        var again = New(first.Spec);
        Assert.True((await store.AddAsync([again, again with { Id = JobId.New(Start) }], Token))[0].Added);
        await store.ClaimAsync(new(Other, ["shared"], 1, Start.AddHours(1)), Token);
        await store.ApplyAsync([new(again.Id, JobTransition.RequestCancel("ann", Start))], Token);
        await store.AddAsync([New(new("shared") { After = [JobDependency.OnSuccess(again.Id)] })], Token);
        Assert.Single((await store.ReleaseAsync(10, Token)).Unmet);
        var end = new JobEdge(JobPhases.Live, JobPhase.Failed, new() { FinishedAt = Start, Outcome = JobOutcome.Cancelled, DeadLetter = true });
        await store.ApplyAsync([.. jobs.Select(job => new JobWrite(job.Id, new("end", Start, end)))], Token);
        await store.ReleaseAsync(10, Token);
        await store.RemoveAsync([first.Id], Token);
    }

    private static async Task ReadAllAsync(SqliteJobStore store)
    {
        var page = await store.ListAsync(new(), Token);
        await store.HistoryAsync(page.Items[0].Id, Token);
        await store.PlaceAsync((await store.ListAsync(new() { States = [JobState.Queued] }, Token)).Items[0].Id, 10, Token);
        await store.ReadRecordAsync("r", Token);
        await store.ListRecordsAsync("r", null, 10, Token);
        await store.ListCapsAsync("r", null, 10, Token);
        await store.RecentAsync("work", JobState.Completed, 10, Token);
        var feed = await store.ChangesAsync(null, 10, Token);
        await store.ChangesAsync(feed.Next, 10, Token);
    }

    private static IEnumerable<JobQuery> Queries() =>
        from states in new JobState[][] { [], [JobState.Failed], [JobState.Running, JobState.Queued] }
        from oldestFirst in new[] { false, true }
        from after in new JobId?[] { null, JobId.New(Start) }
        from query in new JobQuery[]
        {
            new(), new() { Kind = "work" }, new() { Owner = "ann" }, new() { Owner = "local" }, new() { Agent = "a" }, new() { Session = "s" },
            new() { Parent = JobId.New(Start) }, new() { CreatedFrom = Start, CreatedBefore = Start.AddDays(1) }, new() { FinishedBefore = Start },
            new() { Kind = "work", Owner = "ann", CreatedFrom = Start }, new() { Tag = "t" }, new() { Text = "x", Kind = "work" },
            new() { Batch = JobId.New(Start) }, new() { DeadLetters = true }, new() { ExpiredBefore = Start }, new() { Fingerprint = "f", Kind = "work" },
            new() { Batch = JobId.New(Start), DeadLetters = true }, new() { ExpiredBefore = Start, Owner = "ann" },
        }
        select query with { States = states, OldestFirst = oldestFirst, After = after };
}
