using System.Text.Json.Serialization;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>A task of 2025-11-25.</summary>
internal sealed record LegacyTask
{
    [JsonPropertyName("taskId")]
    public required string TaskId { get; init; }

    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("statusMessage")]
    public string? StatusMessage { get; init; }

    [JsonPropertyName("createdAt")]
    public required string CreatedAt { get; init; }

    [JsonPropertyName("lastUpdatedAt")]
    public required string LastUpdatedAt { get; init; }

    [JsonPropertyName("ttl")]
    public required long Ttl { get; init; }

    [JsonPropertyName("pollInterval")]
    public int PollInterval { get; init; }

    /// <summary>A job as a client of 2025-11-25 reads it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The time now.</param>
    /// <param name="client">What the client understands: others are not asked.</param>
    public static LegacyTask Of(Job job, DateTimeOffset now, ClientCapabilities? client)
    {
        var words = TaskWords.Of(AsSeen(job), now);
        var (status, message) = words.Status != TaskWords.InputRequired ? (words.Status, words.Message)
            : JobQuestions.OpenFor(job, client).Count > 0 ? (words.Status, "It waits for an answer: tasks/result asks for it.")
            // What this client cannot answer is answered on another surface: to it the task is under way.
            : (TaskWords.Working, "It waits for an answer that this client cannot give.");
        return new()
        {
            TaskId = words.Id, Status = status, StatusMessage = message, CreatedAt = words.CreatedAt,
            LastUpdatedAt = words.LastUpdatedAt, Ttl = words.Ttl,
            PollInterval = words.PollInterval,
        };
    }

    /// <summary>Whether a job has ended, as such clients see it.</summary>
    public static bool HasEnded(Job job) => AsSeen(job).IsTerminal;

    // Here a task is cancelled, for good, once that was asked for. Its work may still be about to stop, and cannot end otherwise any more.
    private static Job AsSeen(Job job) =>
        job is { CancelRequest: not null, IsTerminal: false } ? job with { Phase = JobPhase.Cancelled } : job;
}
