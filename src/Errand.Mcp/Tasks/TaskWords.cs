using System.Globalization;

namespace Errand.Mcp;

/// <summary>A job in the words that both generations of tasks have for it.</summary>
internal readonly record struct TaskWords(
    string Id, string Status, string? Message, string CreatedAt, string LastUpdatedAt, long Ttl, int PollInterval)
{
    public const string Working = "working";
    public const string InputRequired = "input_required";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    private static readonly TimeSpan LongestTtl = TimeSpan.FromDays(36_500);

    public static TaskWords Of(Job job, DateTimeOffset now) => new(
        job.Id.ToString(), StatusOf(job.State), MessageOf(job), Time(job.CreatedAt), Time(job.LastActivityAt), TtlOf(job, now),
        PollHint.Of(job, now));

    public static string StatusOf(JobState state) => state switch
    {
        JobState.Waiting => InputRequired,
        JobState.Completed => Completed,
        JobState.Failed => Failed,
        JobState.Cancelled => Cancelled,
        _ => Working,
    };

    // A time to live counts from the end of a job; on the wire it counts from the beginning, and is always a number, for not every client reads null.
    private static long TtlOf(Job job, DateTimeOffset now)
    {
        var kept = job.Spec.KeepFor is { } keep && keep < LongestTtl ? keep : LongestTtl;
        return (long)((job.FinishedAt ?? now) - job.CreatedAt + kept).TotalMilliseconds;
    }

    private static string? MessageOf(Job job) => job.State switch
    {
        JobState.Failed => job.Outcome?.Error?.Message,
        JobState.Cancelled => job.CancelRequest?.By is { } by ? $"Cancelled by {by}." : "Cancelled.",
        JobState.Completed => null,
        _ when job.CancelRequest is not null => "It was told to stop.",
        JobState.Queued => "It waits for its turn.",
        _ => job.Progress switch
        {
            { Message: { } message, Percent: { } percent } => string.Create(CultureInfo.InvariantCulture, $"{percent:F0} %: {message}"),
            { Percent: { } percent } => string.Create(CultureInfo.InvariantCulture, $"{percent:F0} %"),
            { Message: { } message } => message,
            _ => null,
        },
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
