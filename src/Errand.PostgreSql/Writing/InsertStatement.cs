using System.Text.RegularExpressions;
using Errand.Storage;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Jobs on their way in: one array for each column, so that any number of them is one statement.</summary>
internal static partial class InsertStatement
{
    /// <summary>
    /// Answers with the ids that were added; the others were there, or their keys, or what stands in for them. Adds nothing while one of the
    /// gates is there, and answers with nothing but an empty id then.
    /// </summary>
    public static NpgsqlBatchCommand Insert(Statements statements, IReadOnlyList<Job> jobs, IReadOnlyCollection<string> gates)
    {
        var statement = Insert(statements, jobs, isDecided: false, isGated: gates.Count > 0);
        if (gates.Count > 0) statement.Parameters.Add(Parameters.Texts(gates));
        return statement;
    }

    /// <summary>The same where it is decided what holds the jobs.</summary>
    public static NpgsqlBatchCommand InsertDecided(Statements statements, IReadOnlyList<Job> jobs) =>
        Insert(statements, jobs, isDecided: true, isGated: false);

    /// <summary>The names of the records that keep jobs out.</summary>
    public static IReadOnlyCollection<string> GatesOf(IEnumerable<Job> jobs)
    {
        HashSet<string> gates = [];
        foreach (var job in jobs)
        {
            if (job.PromotedAt is not null) continue;
            gates.UnionWith([StoreRecord.Draining, StoreRecord.Draining + job.Kind]);
            if (job.Phase == JobPhase.Running) gates.UnionWith([StoreRecord.Paused, StoreRecord.Paused + job.Kind]);
        }
        return gates;
    }

    private static NpgsqlBatchCommand Insert(Statements statements, IReadOnlyList<Job> jobs, bool isDecided, bool isGated)
    {
        var columns = Columns(jobs, isDecided).ToList();
        string record = $"{statements.Schema}.record";
        string gate = isGated ? $"gate AS MATERIALIZED (SELECT FROM {record} WHERE name = ANY(${columns.Count + 1}) LIMIT 1)," : "";
        string names = string.Join(", ", columns.Select(column => column.Name));
        string values = string.Join(", ", columns.Select(column => column.Expression ?? column.Name));
        string arrays = string.Join(", ", columns.Select((_, i) => $"${i + 1}"));
        return Statements.New($"""
            WITH {gate}
            added AS (
                INSERT INTO {statements.Schema}.job ({names})
                SELECT {values} FROM unnest({arrays}) WITH ORDINALITY AS given ({names}, place)
                {(isGated ? "WHERE NOT EXISTS (SELECT FROM gate)" : "")} ORDER BY place
                ON CONFLICT DO NOTHING RETURNING id, version),
            fed AS (INSERT INTO {statements.Schema}.change (job, version) SELECT id, version FROM added)
            SELECT id FROM added{(isGated ? " UNION ALL SELECT '' FROM gate" : "")}
            """, columns.Select(column => column.Values));
    }

    private static IEnumerable<Column> Columns(IReadOnlyList<Job> jobs, bool isDecided) =>
    [
        new("id", Parameters.Ids(jobs.Select(job => job.Id))),
        new("version", Parameters.Numbers(jobs.Select(job => (long?)job.Version))),
        new("phase", Parameters.Integers(jobs.Select(job => (int)job.Phase))),
        new("holds", Parameters.Integers(jobs.Select(job => (int)job.Holds)),
            isDecided
                ? null
                : $"CASE WHEN phase = {Statements.Queued} THEN (holds & ~{Statements.Session}) | {Statements.SessionHold} ELSE holds END"),
        new("rank", Parameters.Numbers(jobs.Select(job => (long?)job.Rank))),
        new("attempt", Parameters.Integers(jobs.Select(job => job.Attempt))),
        new("runner", Parameters.Texts(jobs.Select(job => job.Runner?.Text))),
        new("created_at", Parameters.Times(jobs.Select(job => (DateTimeOffset?)job.CreatedAt))),
        new("scheduled_at", Parameters.Times(jobs.Select(job => (DateTimeOffset?)job.ScheduledAt))),
        new("started_at", Parameters.Times(jobs.Select(job => job.StartedAt))),
        new("promoted_at", Parameters.Times(jobs.Select(job => job.PromotedAt))),
        new("finished_at", Parameters.Times(jobs.Select(job => job.FinishedAt))),
        new("last_activity_at", Parameters.Times(jobs.Select(job => (DateTimeOffset?)job.LastActivityAt))),
        new("progress", Parameters.Documents(jobs.Select(job => JobJson.Write(job.Progress, JobJson.Default.JobProgress)))),
        new("cancel", Parameters.Documents(jobs.Select(job => JobJson.Write(job.CancelRequest, JobJson.Default.CancelRequest)))),
        new("checkpoint", Parameters.Documents(jobs.Select(job => Bytes(job.Checkpoint)))),
        new("inputs", Parameters.Documents(jobs.Select(job => job.Inputs.Count == 0 ? null : JobJson.Write(job.Inputs, JobJson.Default.Inputs)))),
        new("outcome", Parameters.Documents(jobs.Select(job =>
            JobJson.Write(OutcomeDocument.Of(job.Outcome), JobJson.Default.OutcomeDocument)))),
        new("result", Parameters.Documents(jobs.Select(job => Bytes(job.Outcome?.Result ?? default)))),
        .. SpecColumns([.. jobs.Select(job => job.Spec)]),
        // What few jobs have costs the others nothing.
        .. jobs.Any(HasMore) ? MoreColumns(jobs) : [],
    ];

    private static bool HasMore(Job job) =>
        job.Caps.Count + job.PendingParents > 0 || job.WaitsForCap is not null || job.IsDeadLetter || job.Spec is not
        {
            Batch: null, After.Count: 0, Caps.Count: 0, Notify.Count: 0, Fingerprint: null, Reuse: JobReuse.None, KeepFor: null,
            Held: false,
        };

    private static IEnumerable<Column> MoreColumns(IReadOnlyList<Job> jobs) =>
    [
        new("caps", Parameters.Texts(jobs.Select(job => job.Caps.Count == 0 ? null : ArrayText(job.Caps.Select(cap => cap.Name)))), "caps::text[]"),
        new("waits_for", Parameters.Texts(jobs.Select(job => job.WaitsForCap))),
        new("pending", Parameters.Integers(jobs.Select(job => job.PendingParents))),
        new("dead", Parameters.Integers(jobs.Select(job => job.IsDeadLetter ? 1 : 0)), "dead <> 0"),
        new("batch", Parameters.Texts(jobs.Select(job => job.Spec.Batch?.ToString()))),
        new("fingerprint", Parameters.Texts(jobs.Select(job => job.Spec.Fingerprint))),
        new("reuse", Parameters.Integers(jobs.Select(job => (int)job.Spec.Reuse))),
        new("stands_in", Parameters.Integers(jobs.Select(job =>
            job.Spec is { Reuse: not JobReuse.None, Fingerprint: not null } ? 1 : 0)), "stands_in <> 0"),
        new("keep_for", Parameters.Numbers(jobs.Select(job => (long?)job.Spec.KeepFor?.TotalMilliseconds))),
        new("expires_at", Parameters.Times(jobs.Select(job => job.ExpiresAt))),
        new("more", Parameters.Documents(jobs.Select(job => JobJson.Write(MoreDocument.Of(job), JobJson.Default.MoreDocument)))),
    ];

    private static IEnumerable<Column> SpecColumns(JobSpec[] specs) =>
    [
        new("kind", Parameters.Texts(specs.Select(spec => spec.Kind))),
        new("input", Parameters.Documents(specs.Select(spec => Bytes(spec.Input)))),
        new("title", Parameters.Texts(specs.Select(spec => spec.Title))),
        new("owner", Parameters.Texts(specs.Select(spec => spec.Owner))),
        new("agent", Parameters.Texts(specs.Select(spec => spec.Agent))),
        new("session", Parameters.Texts(specs.Select(spec => spec.Session))),
        new("priority", Parameters.Integers(specs.Select(spec => spec.Priority))),
        // An array of arrays would be a matrix to PostgreSQL, with rows of one length; so each job's tags travel as the text of an array.
        new("tags", Parameters.Texts(specs.Select(spec => ArrayText(spec.Tags))), "tags::text[]"),
        new("search", Parameters.Texts(specs.Select(spec => QueryStatement.SearchText($"{spec.Title}\n{spec.Kind}")))),
        new("metadata", Parameters.Documents(specs.Select(spec =>
            spec.Metadata.Count == 0 ? null : JobJson.Write(spec.Metadata, JobJson.Default.Metadata)))),
        new("run_at", Parameters.Times(specs.Select(spec => spec.RunAt))),
        new("limits", Parameters.Documents(specs.Select(spec => JobJson.Write(spec.Limits, JobJson.Default.JobLimits)))),
        new("retry", Parameters.Documents(specs.Select(spec => JobJson.Write(spec.Retry, JobJson.Default.RetryPolicy)))),
        new("key", Parameters.Texts(specs.Select(spec => spec.Key))),
        new("parent", Parameters.Texts(specs.Select(spec => spec.Parent?.ToString()))),
        new("retry_of", Parameters.Texts(specs.Select(spec => spec.RetryOf?.ToString()))),
        new("trace_parent", Parameters.Texts(specs.Select(spec => spec.TraceParent))),
    ];

    private static byte[]? Bytes(JobData data) => data.IsNone ? null : data.Utf8.ToArray();

    private static string ArrayText(IEnumerable<string> items)
    {
        var quoted = items.Select(item => $"\"{ArraySigns().Replace(item, @"\$0")}\"");
        return $"{{{string.Join(',', quoted)}}}";
    }

    [GeneratedRegex("""[\\"]""")]
    private static partial Regex ArraySigns();

    private sealed record Column(string Name, NpgsqlParameter Values, string? Expression = null);
}
