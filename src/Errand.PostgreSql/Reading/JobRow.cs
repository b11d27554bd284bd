using System.Text.Json.Serialization.Metadata;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>Reads a row as a job.</summary>
internal static class JobRow
{
    private static readonly string[] Names =
    [
        "id", "version", "phase", "attempt", "runner", "holds",
        "created_at", "scheduled_at", "started_at", "promoted_at", "finished_at", "last_activity_at",
        "waits_for", "pending", "dead", "progress", "cancel", "checkpoint", "inputs", "outcome", "result",
        "kind", "input", "title", "owner", "agent", "session", "priority", "tags", "metadata", "run_at", "limits", "retry",
        "key", "parent", "retry_of", "trace_parent", "batch", "fingerprint", "reuse", "keep_for", "more",
    ];

    private static readonly int MoreAfterResult = Array.IndexOf(Names, "more") - Array.IndexOf(Names, "result");

    /// <summary>The columns that <see cref="Read"/> expects, in its order.</summary>
    public static string Columns { get; } = ColumnsOf("");

    /// <summary>The columns that <see cref="Read"/> expects, of a table with this alias.</summary>
    public static string ColumnsOf(string alias) => string.Join(", ", Names.Select(name => $"{alias}{name}"));

    /// <summary>Reads the job that begins at a column.</summary>
    public static Job Read(NpgsqlDataReader row, int at = 0)
    {
        // An object initializer runs in the order in which it is written, which is the order of the columns.
        var job = new Job
        {
            Spec = null!,
            Id = JobId.Parse(row.GetString(at++)),
            Version = row.GetInt64(at++),
            Phase = (JobPhase)row.GetInt16(at++),
            Attempt = row.GetInt32(at++),
            Runner = Text(row, at++) is { } runner ? new RunnerId(runner) : null,
            Holds = (JobHolds)row.GetInt16(at++),
            CreatedAt = Time(row, at++) ?? default,
            ScheduledAt = Time(row, at++) ?? default,
            StartedAt = Time(row, at++),
            PromotedAt = Time(row, at++),
            FinishedAt = Time(row, at++),
            LastActivityAt = Time(row, at++) ?? default,
            WaitsForCap = Text(row, at++),
            PendingParents = row.GetInt32(at++),
            IsDeadLetter = row.GetBoolean(at++),
            Progress = Document(row, at++, JobJson.Default.JobProgress),
            CancelRequest = Document(row, at++, JobJson.Default.CancelRequest),
            Checkpoint = Data(row, at++),
            Inputs = Document(row, at++, JobJson.Default.Inputs) ?? [],
            Outcome = Document(row, at++, JobJson.Default.OutcomeDocument)?.ToOutcome(Data(row, at)),
        };
        var more = Document(row, at + MoreAfterResult, JobJson.Default.MoreDocument);
        return job with { Spec = ReadSpec(row, at + 1, more), Caps = more?.Caps ?? [] };
    }

    /// <summary>Reads a text that may be absent.</summary>
    public static string? Text(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : StoredText.Decode(row.GetString(at));

    /// <summary>Reads a time that may be absent.</summary>
    public static DateTimeOffset? Time(NpgsqlDataReader row, int at) =>
        row.IsDBNull(at) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(at));

    /// <summary>Reads JSON that may be absent.</summary>
    public static JobData Data(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? JobData.None : JobData.Trusted(row.GetFieldValue<byte[]>(at));

    private static JobSpec ReadSpec(NpgsqlDataReader row, int at, MoreDocument? more)
    {
        var spec = new JobSpec
        {
            Kind = Text(row, at++)!,
            Input = Data(row, at++),
            Title = Text(row, at++),
            Owner = Text(row, at++)!,
            Agent = Text(row, at++),
            Session = Text(row, at++),
            Priority = row.GetInt16(at++),
            Tags = Tags(row, at++),
        };
        return spec with
        {
            Metadata = Document(row, at++, JobJson.Default.Metadata) ?? spec.Metadata,
            RunAt = Time(row, at++),
            Limits = Document(row, at++, JobJson.Default.JobLimits),
            Retry = Document(row, at++, JobJson.Default.RetryPolicy),
            Key = Text(row, at++),
            Parent = Text(row, at++) is { } parent ? JobId.Parse(parent) : null,
            RetryOf = Text(row, at++) is { } earlier ? JobId.Parse(earlier) : null,
            TraceParent = Text(row, at++),
            Batch = Text(row, at++) is { } batch ? JobId.Parse(batch) : null,
            Fingerprint = Text(row, at++),
            Reuse = (JobReuse)row.GetInt16(at++),
            KeepFor = row.IsDBNull(at) ? null : TimeSpan.FromMilliseconds(row.GetInt64(at)),
            Caps = more?.OwnCaps ?? [],
            After = more?.ToAfter() ?? [],
            Notify = more?.Notify ?? [],
            Held = more?.Held ?? false,
        };
    }

    private static string[] Tags(NpgsqlDataReader row, int at)
    {
        string[] tags = row.GetFieldValue<string[]>(at);
        for (int i = 0; i < tags.Length; i++) tags[i] = StoredText.Decode(tags[i]);
        return tags;
    }

    private static T? Document<T>(NpgsqlDataReader row, int at, JsonTypeInfo<T> type) where T : class =>
        row.IsDBNull(at) ? null : JobJson.Read(row.GetFieldValue<byte[]>(at), type);
}
