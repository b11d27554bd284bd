using System.Text.Json.Serialization;

namespace Errand;

/// <summary>What a notice is given and what it tells.</summary>
[JsonSerializable(typeof(NoticeInput))]
[JsonSerializable(typeof(NoticeMessage))]
[JsonSerializable(typeof(NoticeResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class NoticeJson : JsonSerializerContext;

/// <summary>What a job of a notice is given.</summary>
/// <param name="Type">One of <see cref="NoticeTypes"/>.</param>
/// <param name="Job">The job that it tells of.</param>
/// <param name="Question">The question that the job waits with, where it does.</param>
/// <param name="Url">Where a webhook goes.</param>
/// <param name="Command">The command that is run.</param>
internal sealed record NoticeInput(string Type, string Job, string? Question, string? Url, string? Command);

/// <summary>What became of a notice.</summary>
/// <param name="Status">The HTTP status that answered it.</param>
/// <param name="Skipped">Why it was not sent.</param>
internal sealed record NoticeResult(int? Status, string? Skipped);

/// <summary>What a notice tells.</summary>
internal sealed record NoticeMessage(string Type, DateTimeOffset At, string? Question, NoticeSubject Job);

/// <summary>A job as a notice shows it: never its input, its result, its questions or its answers.</summary>
internal sealed record NoticeSubject(
    string Id,
    string Kind,
    string State,
    string? Title,
    string Owner,
    string? Agent,
    string? Session,
    IReadOnlyList<string>? Tags,
    int Attempt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int? ExitCode,
    string? Signal,
    NoticeError? Error)
{
    public static NoticeSubject Of(Job job) => new(
        job.Id.ToString(), job.Kind, job.State.ToWord(), job.Spec.Title, job.Owner, job.Spec.Agent, job.Spec.Session,
        job.Spec.Tags.Count == 0 ? null : job.Spec.Tags, job.Attempt, job.CreatedAt, job.StartedAt, job.FinishedAt,
        job.Outcome?.ExitCode, job.Outcome?.Signal, NoticeError.Of(job.Outcome?.Error));
}

/// <summary>Why a job failed.</summary>
internal sealed record NoticeError(string Code, string Message, bool Retryable)
{
    private const int LongestMessage = 4000;

    public static NoticeError? Of(JobError? error) => error is null
        ? null
        : new(error.Code, error.Message.Length > LongestMessage ? error.Message[..LongestMessage] : error.Message, error.Retryable);
}

/// <summary>What notices tell of.</summary>
internal static class NoticeTypes
{
    public const string Ended = "job.ended";
    public const string Waiting = "job.waiting";
}
