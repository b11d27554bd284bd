using System.Text.Json;

namespace Errand.Mcp.Wire;

/// <summary>A job as every surface shows it. What is not known is not there.</summary>
internal sealed record WireJob
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required string State { get; init; }

    public string? Title { get; init; }

    public required string Owner { get; init; }

    public string? Agent { get; init; }

    public string? Session { get; init; }

    public int Priority { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public long Version { get; init; }

    public int Attempt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ScheduledAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? PromotedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public WireProgress? Progress { get; init; }

    public WireEta? Eta { get; init; }

    public WireWait? WaitingFor { get; init; }

    public int? ExitCode { get; init; }

    public string? Signal { get; init; }

    public WireError? Error { get; init; }

    public DateTimeOffset? CancelRequestedAt { get; init; }

    public string? CancelRequestedBy { get; init; }

    public string? RetryOf { get; init; }

    public WireOutputSummary? Output { get; init; }

    public IReadOnlyList<WireQuestion>? Questions { get; init; }

    public IReadOnlyList<string>? LastLines { get; init; }

    public JsonElement? Result { get; init; }

    public bool? IsError { get; init; }

    /// <summary>A job as a line of a list: without its result, which may be large.</summary>
    public static WireJob InList(Job job) => new()
    {
        Id = job.Id.ToString(), Kind = job.Kind, State = job.State.ToWord(), Title = job.Spec.Title,
        Owner = job.Owner, Agent = job.Spec.Agent, Session = job.Spec.Session, Priority = job.Spec.Priority, Tags = job.Spec.Tags,
        Version = job.Version, Attempt = job.Attempt,
        CreatedAt = job.CreatedAt, ScheduledAt = job.ScheduledAt, StartedAt = job.StartedAt, PromotedAt = job.PromotedAt, FinishedAt = job.FinishedAt,
        Progress = WireProgress.Of(job.Progress), ExitCode = job.Outcome?.ExitCode, Signal = job.Outcome?.Signal,
        Error = WireError.Of(job.Outcome?.Error),
        CancelRequestedAt = job.CancelRequest?.At, CancelRequestedBy = job.CancelRequest?.By, RetryOf = job.Spec.RetryOf?.ToString(),
        Output = WireOutputSummary.Of(job.Outcome?.Output),
    };

    /// <summary>A job with its result.</summary>
    public static WireJob Of(Job job) =>
        InList(job) with { Result = job.Outcome is { Result.IsNone: false } outcome ? outcome.Result.ToElement() : null };

    /// <summary>A job with what can be said about it now.</summary>
    public static WireJob Of(JobStatus status) => Of(status.Job) with
    {
        Eta = WireEta.Of(status.Eta), WaitingFor = WireWait.Of(status.WaitingFor), Questions = WireQuestion.Of(status.Job),
    };

    /// <summary>
    /// A job with what can be said about it now, and what one would ask for next: its last lines, and its result where that is small.
    /// </summary>
    public static WireJob Of(JobStatus status, JobAnswer? answer) => Of(status) with
    {
        LastLines = status.LastLines.Count == 0 ? null : status.LastLines,
        Result = answer is { IsInline: true } ? answer.Value : null, IsError = answer is { IsError: true } ? true : null,
    };
}

/// <summary>How far a job has come.</summary>
internal sealed record WireProgress(double Current, double? Total, string? Message, double? Percent)
{
    public static WireProgress? Of(JobProgress? progress) =>
        progress is null ? null : new(progress.Current, progress.Total, progress.Message, progress.Percent);
}

/// <summary>When a job will be done.</summary>
internal sealed record WireEta(DateTimeOffset At, DateTimeOffset? LowAt, DateTimeOffset? HighAt)
{
    public static WireEta? Of(JobEta? eta) => eta is null ? null : new(eta.At, eta.LowAt, eta.HighAt);
}

/// <summary>Why a job does not run yet.</summary>
internal sealed record WireWait(string Reason, int? Position, string Detail)
{
    public static WireWait? Of(JobWait? wait) => wait is null ? null : new(wait.Reason, wait.Position, wait.Detail);
}

/// <summary>Why a job failed.</summary>
internal sealed record WireError(string Code, string Message, bool Retryable, JsonElement? Details)
{
    public static WireError? Of(JobError? error) =>
        error is null ? null : new(error.Code, error.Message, error.Retryable, error.Details.IsNone ? null : error.Details.ToElement());
}

/// <summary>How much a job has written.</summary>
internal sealed record WireOutputSummary(long Bytes, long Dropped, string? Sha256)
{
    public static WireOutputSummary? Of(OutputSummary? output) => output is null ? null : new(output.Bytes, output.Dropped, output.Sha256);
}

/// <summary>A page of a list.</summary>
internal sealed record WirePage(IReadOnlyList<WireJob> Items, string? Next)
{
    public static WirePage Of(JobPage page) => new([.. page.Items.Select(WireJob.InList)], page.Next?.ToString());
}
