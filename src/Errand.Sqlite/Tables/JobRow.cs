using System.Text.Json;

namespace Errand.Sqlite;

/// <summary>Makes jobs of rows.</summary>
internal static class JobRow
{
    private static readonly JobJson Json = JobJson.Readable;

    public static DateTimeOffset Time(this SqliteStatement row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(column));

    public static DateTimeOffset? TimeOrNull(this SqliteStatement row, int column) => row.IsNull(column) ? null : row.Time(column);

    /// <summary>The job of a row that has <see cref="JobColumns.Read"/>.</summary>
    public static Job Job(this SqliteStatement row) => new()
    {
        Id = row.Id(JobColumns.Id),
        Spec = Spec(row),
        Phase = (JobPhase)row.Int64(JobColumns.Phase),
        Version = row.Int64(JobColumns.Version),
        Attempt = (int)row.Int64(JobColumns.Attempt),
        Runner = row.TextOrNull(JobColumns.Runner) is { } runner ? new RunnerId(runner) : null,
        Holds = (JobHolds)row.Int64(JobColumns.Holds),
        CreatedAt = row.Time(JobColumns.CreatedAt),
        ScheduledAt = row.Time(JobColumns.ScheduledAt),
        StartedAt = row.TimeOrNull(JobColumns.StartedAt),
        PromotedAt = row.TimeOrNull(JobColumns.PromotedAt),
        FinishedAt = row.TimeOrNull(JobColumns.FinishedAt),
        LastActivityAt = row.Time(JobColumns.LastActivityAt),
        Progress = Progress(row),
        CancelRequest = Cancel(row),
        Checkpoint = row.Data(JobColumns.Checkpoint),
        Inputs = row.IsNull(JobColumns.Inputs)
            ? []
            : [.. JsonSerializer.Deserialize(row.Utf8(JobColumns.Inputs), Json.StoredInputArray)!.Select(input => input.ToInput())],
        Outcome = row.IsNull(JobColumns.Outcome) ? null : Outcome(row),
        Caps = row.IsNull(JobColumns.Caps) ? [] : StoredCap.Read(row.Utf8(JobColumns.Caps)),
        WaitsForCap = row.TextOrNull(JobColumns.WaitsFor),
        PendingParents = (int)row.Int64(JobColumns.Pending),
        IsDeadLetter = !row.IsNull(JobColumns.Dead),
    };

    private static JobSpec Spec(SqliteStatement row)
    {
        var spec = PlainSpec(row);
        if (!row.IsNull(JobColumns.Fingerprint)) spec = spec with { Fingerprint = row.Text(JobColumns.Fingerprint) };
        if (!row.IsNull(JobColumns.Reuse)) spec = spec with { Reuse = StoredReuse.Read(row.Int64(JobColumns.Reuse)) };
        if (row.IsNull(JobColumns.More)) return spec;
        var more = JsonSerializer.Deserialize(row.Utf8(JobColumns.More), Json.StoredMore)!;
        return spec with
        {
            After = more.After is { } after ? [.. after.Select(dependency => dependency.ToDependency())] : [],
            Caps = more.Caps is { } caps ? [.. caps.Select(cap => cap.ToCap())] : [],
            Notify = more.Notify ?? [],
            Held = more.Held ?? false,
        };
    }

    private static JobSpec PlainSpec(SqliteStatement row) => new()
    {
        Kind = row.Text(JobColumns.Kind),
        Owner = row.Utf8(JobColumns.Owner).SequenceEqual("local"u8) ? JobSpec.LocalOwner : row.Text(JobColumns.Owner),
        Session = row.TextOrNull(JobColumns.Session),
        Agent = row.TextOrNull(JobColumns.Agent),
        Parent = row.IdOrNull(JobColumns.Parent),
        Key = row.TextOrNull(JobColumns.Key),
        Priority = (int)row.Int64(JobColumns.Priority),
        Title = row.TextOrNull(JobColumns.Title),
        RetryOf = row.IdOrNull(JobColumns.RetryOf),
        RunAt = row.TimeOrNull(JobColumns.RunAt),
        TraceParent = row.TextOrNull(JobColumns.TraceParent),
        Batch = row.IdOrNull(JobColumns.Batch),
        KeepFor = row.Int64OrNull(JobColumns.KeepFor) is { } keepFor ? TimeSpan.FromMilliseconds(keepFor) : null,
        Input = row.Data(JobColumns.Input),
        Tags = row.IsNull(JobColumns.Tags) ? [] : JsonSerializer.Deserialize(row.Utf8(JobColumns.Tags), Json.IReadOnlyListString)!,
        Metadata = row.IsNull(JobColumns.Metadata)
            ? EmptyMetadata
            : JsonSerializer.Deserialize(row.Utf8(JobColumns.Metadata), Json.IReadOnlyDictionaryStringString)!,
        Limits = row.IsNull(JobColumns.Limits) ? null : JsonSerializer.Deserialize(row.Utf8(JobColumns.Limits), Json.JobLimits),
        Retry = row.IsNull(JobColumns.Retry) ? null : JsonSerializer.Deserialize(row.Utf8(JobColumns.Retry), Json.RetryPolicy),
    };

    private static IReadOnlyDictionary<string, string> EmptyMetadata { get; } = new Dictionary<string, string>();

    private static JobProgress? Progress(SqliteStatement row) => row.IsNull(JobColumns.ProgressCurrent) ? null : new(
        row.Double(JobColumns.ProgressCurrent),
        row.IsNull(JobColumns.ProgressTotal) ? null : row.Double(JobColumns.ProgressTotal),
        row.TextOrNull(JobColumns.ProgressMessage));

    private static CancelRequest? Cancel(SqliteStatement row) => row.IsNull(JobColumns.CancelAt)
        ? null
        : new(row.Time(JobColumns.CancelAt), row.Text(JobColumns.CancelBy), row.Int64(JobColumns.CancelForce) != 0);

    private static JobOutcome Outcome(SqliteStatement row)
    {
        var outcome = JobOutcome.Of((JobState)row.Int64(JobColumns.Outcome)) with { Result = row.Data(JobColumns.Result) };
        if (row.IsNull(JobColumns.Details)) return outcome;
        var details = JsonSerializer.Deserialize(row.Utf8(JobColumns.Details), Json.StoredDetails)!;
        return outcome with
        {
            Error = details.Error?.ToError(), ExitCode = details.ExitCode, Signal = details.Signal,
            Output = details.Output, LargeResultBytes = details.LargeResultBytes,
        };
    }
}
