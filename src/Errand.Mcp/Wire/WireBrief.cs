using System.Text.Json;

namespace Errand.Mcp.Wire;

/// <summary>A job in short, for callers that pay for each word. What is not known, and what is not news, is not there.</summary>
internal sealed record WireBrief
{
    public required string Id { get; init; }

    public required string State { get; init; }

    public string? Kind { get; init; }

    public string? Title { get; init; }

    public string? Session { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public WireProgress? Progress { get; init; }

    public WireEta? Eta { get; init; }

    public WireWait? WaitingFor { get; init; }

    public IReadOnlyList<WireQuestion>? Questions { get; init; }

    public int? ExitCode { get; init; }

    public string? Signal { get; init; }

    public WireError? Error { get; init; }

    public DateTimeOffset? CancelRequestedAt { get; init; }

    public string? RetryOf { get; init; }

    public JsonElement? Result { get; init; }

    public bool? IsError { get; init; }

    /// <summary>A job as a line of a list.</summary>
    public static WireBrief InList(Job job) => Of(job) with
    {
        Kind = job.Kind, Title = job.Spec.Title, Session = job.Spec.Session, CreatedAt = job.CreatedAt, RetryOf = job.Spec.RetryOf?.ToString(),
    };

    /// <summary>A job as the news of it.</summary>
    public static WireBrief Of(Job job) => new()
    {
        Id = job.Id.ToString(), State = job.State.ToWord(), StartedAt = job.IsTerminal ? job.StartedAt : null, FinishedAt = job.FinishedAt,
        Progress = job.IsTerminal ? null : WireProgress.Of(job.Progress), Questions = WireQuestion.Of(job),
        ExitCode = job.Outcome?.ExitCode, Signal = job.Outcome?.Signal, Error = WireError.Of(job.Outcome?.Error),
        CancelRequestedAt = job.CancelRequest?.At,
    };

    /// <summary>A job as the news of it, with what can be said about it now, and with its result where that is small.</summary>
    public static WireBrief Of(JobStatus status, JobAnswer? answer) => Of(status.Job) with
    {
        Eta = WireEta.Of(status.Eta), WaitingFor = WireWait.Of(status.WaitingFor),
        Result = answer is { IsInline: true } ? answer.Value : null, IsError = answer is { IsError: true } ? true : null,
    };
}

/// <summary>Something that a job asks.</summary>
internal sealed record WireQuestion(string Key, JsonElement Request, bool? OnlyPerson)
{
    /// <summary>The open questions of a job; none where there are none.</summary>
    public static IReadOnlyList<WireQuestion>? Of(Job job)
    {
        if (job.State != JobState.Waiting) return null;
        return [.. job.Inputs.Where(input => input.IsOutstanding).Select(input => Of(input.Key, input.Request.ToElement()))];
    }

    private static WireQuestion Of(string key, JsonElement request) => new(key, request, QuestionAnswer.IsOnlyForPerson(request) ? true : null);
}

/// <summary>A page of a list, in short.</summary>
internal sealed record WireBriefs(IReadOnlyList<WireBrief> Items, string? Next);
