using System.Text.Json;

namespace Errand.Sqlite;

/// <summary>Binds the parts of a job, for the insert and the update alike.</summary>
internal static class JobBinding
{
    // How far the times of a job may be from that of its id before it counts as a stray: see ListPlan.
    public static readonly TimeSpan StrayAfter = TimeSpan.FromMinutes(1);

    private static readonly JobJson Json = JobJson.Readable;

    // Rounded, as the bounds of a query are: what was before a bound stays before it or meets it, whatever its ticks.
    public static long Milliseconds(this DateTimeOffset at) => at.AddTicks(TimeSpan.TicksPerMillisecond / 2).ToUnixTimeMilliseconds();

    public static SqliteStatement Bind(this SqliteStatement statement, int index, DateTimeOffset at) => statement.Bind(index, at.Milliseconds());

    public static SqliteStatement Bind(this SqliteStatement statement, int index, DateTimeOffset? at) => statement.Bind(index, at?.Milliseconds());

    public static void BindJob(this SqliteStatement statement, Job job)
    {
        statement.Bind(JobColumns.Id, job.Id)
            .Bind(JobColumns.Phase, (long)job.Phase)
            .Bind(JobColumns.Version, job.Version)
            .Bind(JobColumns.Attempt, job.Attempt)
            .Bind(JobColumns.Holds, (long)job.Holds)
            .Bind(JobColumns.Rank, job.Rank)
            .Bind(JobColumns.Runner, job.Runner?.Text)
            .Bind(JobColumns.Stray, IsStray(job) ? 1L : null)
            .Bind(JobColumns.CreatedAt, job.CreatedAt)
            .Bind(JobColumns.ScheduledAt, job.ScheduledAt)
            .Bind(JobColumns.StartedAt, job.StartedAt)
            .Bind(JobColumns.PromotedAt, job.PromotedAt)
            .Bind(JobColumns.FinishedAt, job.FinishedAt)
            .Bind(JobColumns.LastActivityAt, job.LastActivityAt)
            .Bind(JobColumns.Checkpoint, job.Checkpoint)
            .Bind(JobColumns.WaitsFor, job.WaitsForCap)
            .Bind(JobColumns.Dead, job.IsDeadLetter ? 1L : null);
        if (job.Caps.Count > 0) statement.Bind(JobColumns.Caps, StoredCap.Write(job.Caps));
        if (job.Spec.After.Count > 0 || job.PendingParents > 0) statement.Bind(JobColumns.Pending, job.PendingParents);
        statement.BindSpec(job.Spec);
        statement.BindProgress(JobColumns.ProgressCurrent, job.Progress);
        statement.BindCancel(JobColumns.CancelAt, job.CancelRequest);
        statement.BindInputs(JobColumns.Inputs, job.Inputs);
        statement.BindOutcome(JobColumns.Outcome, JobColumns.Details, JobColumns.Result, job.Outcome);
    }

    public static void BindProgress(this SqliteStatement statement, int first, JobProgress? progress)
    {
        if (progress is not null) statement.Bind(first, (double?)progress.Current).Bind(first + 1, progress.Total).Bind(first + 2, progress.Message);
    }

    public static void BindCancel(this SqliteStatement statement, int first, CancelRequest? cancel)
    {
        if (cancel is not null) statement.Bind(first, cancel.At).Bind(first + 1, cancel.By).Bind(first + 2, cancel.Force ? 1L : 0L);
    }

    public static void BindInputs(this SqliteStatement statement, int index, IReadOnlyList<JobInput> inputs)
    {
        if (inputs.Count > 0) statement.Bind(index, JsonSerializer.SerializeToUtf8Bytes([.. inputs.Select(StoredInput.Of)], Json.StoredInputArray));
    }

    public static void BindOutcome(this SqliteStatement statement, int state, int details, int result, JobOutcome? outcome)
    {
        if (outcome is null) return;
        statement.Bind(state, (long)outcome.State).Bind(result, outcome.Result);
        if (StoredDetails.Of(outcome) is { } more) statement.Bind(details, JsonSerializer.SerializeToUtf8Bytes(more, Json.StoredDetails));
    }

    public static bool EndsBefore(JobId id, DateTimeOffset? finishedAt) => finishedAt < id.Time - StrayAfter;

    private static bool IsStray(Job job) => (job.CreatedAt - job.Id.Time).Duration() > StrayAfter || EndsBefore(job.Id, job.FinishedAt);

    private static void BindSpec(this SqliteStatement statement, JobSpec spec)
    {
        statement.Bind(JobColumns.Kind, spec.Kind)
            .Bind(JobColumns.Owner, spec.Owner)
            .Bind(JobColumns.Session, spec.Session)
            .Bind(JobColumns.Agent, spec.Agent)
            .Bind(JobColumns.Parent, spec.Parent)
            .Bind(JobColumns.Key, spec.Key)
            .Bind(JobColumns.Priority, spec.Priority)
            .Bind(JobColumns.Title, spec.Title)
            .Bind(JobColumns.RetryOf, spec.RetryOf)
            .Bind(JobColumns.RunAt, spec.RunAt)
            .Bind(JobColumns.TraceParent, spec.TraceParent)
            .Bind(JobColumns.Input, spec.Input);
        if (spec.Tags.Count > 0) statement.Bind(JobColumns.Tags, JsonSerializer.SerializeToUtf8Bytes(spec.Tags, Json.IReadOnlyListString));
        if (spec.Metadata.Count > 0)
            statement.Bind(JobColumns.Metadata, JsonSerializer.SerializeToUtf8Bytes(spec.Metadata, Json.IReadOnlyDictionaryStringString));
        if (spec.Limits is { } limits) statement.Bind(JobColumns.Limits, JsonSerializer.SerializeToUtf8Bytes(limits, Json.JobLimits));
        statement.Bind(JobColumns.Batch, spec.Batch)
            .Bind(JobColumns.Fingerprint, spec.Fingerprint)
            .Bind(JobColumns.KeepFor, (long?)spec.KeepFor?.TotalMilliseconds);
        if (StoredReuse.Of(spec) is var reuse and not 0) statement.Bind(JobColumns.Reuse, reuse);
        if (StoredMore.Of(spec) is { } more) statement.Bind(JobColumns.More, JsonSerializer.SerializeToUtf8Bytes(more, Json.StoredMore));
        if (spec.Retry is { } retry) statement.Bind(JobColumns.Retry, JsonSerializer.SerializeToUtf8Bytes(retry, Json.RetryPolicy));
    }
}
