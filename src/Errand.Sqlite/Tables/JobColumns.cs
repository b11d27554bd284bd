namespace Errand.Sqlite;

/// <summary>
/// The columns of a job. A column's number is its place in a row that is read (the row number, <c>seq</c>, is 0) and its parameter in an insert.
/// </summary>
internal static class JobColumns
{
    public const int Seq = 0, Id = 1, Kind = 2, Owner = 3, Phase = 4, Version = 5, Attempt = 6, Holds = 7, Rank = 8, Runner = 9, Session = 10,
        Agent = 11, Parent = 12, Key = 13, Stray = 14, Priority = 15, CreatedAt = 16, ScheduledAt = 17, StartedAt = 18, PromotedAt = 19,
        FinishedAt = 20, LastActivityAt = 21, Title = 22, RetryOf = 23, RunAt = 24, TraceParent = 25, Tags = 26, Metadata = 27, Limits = 28,
        Retry = 29, ProgressCurrent = 30, ProgressTotal = 31, ProgressMessage = 32, CancelAt = 33, CancelBy = 34, CancelForce = 35, Outcome = 36,
        Details = 37, Inputs = 38, Input = 39, Checkpoint = 40, Result = 41,
        Caps = 42, WaitsFor = 43, Pending = 44, Batch = 45, Fingerprint = 46, Reuse = 47, KeepFor = 48, Dead = 49, More = 50;

    public const string Inserted =
        "id, kind, owner, phase, version, attempt, holds, rank, runner, session, agent, parent, key, stray, priority, created_at, scheduled_at, " +
        "started_at, promoted_at, finished_at, last_activity_at, title, retry_of, run_at, trace_parent, tags, metadata, limits, retry, " +
        "progress_current, progress_total, progress_message, cancel_at, cancel_by, cancel_force, outcome, details, inputs, input, checkpoint, " +
        "result, caps, waits_for, pending, batch, fingerprint, reuse, keep_for, dead, more";

    public const string Read = "seq, " + Inserted;
}
