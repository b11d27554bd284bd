using System.Text.Json.Serialization;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The answer of 2025-11-25 to a call that was asked to be a task.</summary>
internal sealed class LegacyCreateTaskResult : Result
{
    [JsonPropertyName("task")]
    public required LegacyTask Task { get; init; }

    // What has ended meanwhile has its end told by tasks/get: each task begins as one that is under way.
    public static LegacyCreateTaskResult Of(Job job, DateTimeOffset now) =>
        new() { Task = LegacyTask.Of(job, now, null) with { Status = TaskWords.Working } };
}
