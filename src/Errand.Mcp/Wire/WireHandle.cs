using System.Text.Json;

namespace Errand.Mcp.Wire;

/// <summary>
/// What a client without tasks gets instead of a result when its call goes on in the background. How much it says is the caller's choice.
/// </summary>
internal sealed record WireHandle
{
    /// <summary>Marks an answer as a handle, where nothing that a tool returns can be: a result that looks like one is data.</summary>
    public const string MetaKey = "errand/handle";

    public const string Processing = "processing";

    /// <summary>The code of a handle in strict mode.</summary>
    public const string AsyncTimeoutCode = "ASYNC_TIMEOUT";

    public string Status { get; init; } = Processing;

    public string? Code { get; init; }

    public required string Id { get; init; }

    public bool IsAsync { get; init; } = true;

    public bool IsComplete { get; init; }

    public string? State { get; init; }

    public int? PollIntervalMs { get; init; }

    public string? Next { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public WireProgress? Progress { get; init; }

    public string? Message { get; init; }

    public string? AlreadyRunning { get; init; }

    public WireEta? Eta { get; init; }

    public WireError? Error { get; init; }

    public int? RetryCount { get; init; }

    public bool? CanRetry { get; init; }

    public JsonElement? ExpectedSchema { get; init; }
}
