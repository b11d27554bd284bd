using System.Text.Json.Serialization;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The answer of 2025-11-25 to a call that was asked to be a task.</summary>
internal sealed class LegacyCreateTaskResult : Result
{
    [JsonPropertyName("task")]
    public required LegacyTask Task { get; init; }

    public static LegacyCreateTaskResult Of(Job job, DateTimeOffset now) => new() { Task = LegacyTask.Of(job, now) with { Status = TaskWords.Working } };
}

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

    public static LegacyTask Of(Job job, DateTimeOffset now)
    {
        var words = TaskWords.Of(job, now);
        return new()
        {
            TaskId = words.Id, Status = words.Status, StatusMessage = words.Message, CreatedAt = words.CreatedAt, LastUpdatedAt = words.LastUpdatedAt,
            Ttl = words.Ttl, PollInterval = words.PollInterval,
        };
    }
}
