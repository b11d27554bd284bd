using System.Text.Json.Serialization;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The answer to a call that goes on as a task: the task's fields, flat.</summary>
internal sealed class CreateTaskResult : Result
{
    public CreateTaskResult() => ResultType = "task";

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

    [JsonPropertyName("ttlMs")]
    public required long TtlMs { get; init; }

    [JsonPropertyName("pollIntervalMs")]
    public required int PollIntervalMs { get; init; }

    public static CreateTaskResult Of(Job job, DateTimeOffset now)
    {
        var words = TaskWords.Of(job, now);
        return new()
        {
            // What has ended meanwhile has its result told by tasks/get.
            TaskId = words.Id, Status = TaskWords.Working, StatusMessage = words.Message, CreatedAt = words.CreatedAt,
            LastUpdatedAt = words.LastUpdatedAt, TtlMs = words.Ttl, PollIntervalMs = words.PollInterval,
        };
    }
}

/// <summary>How the answers to calls are written that became tasks.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateTaskResult))]
[JsonSerializable(typeof(LegacyCreateTaskResult))]
internal sealed partial class TaskJson : JsonSerializerContext;
