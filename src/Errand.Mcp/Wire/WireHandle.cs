namespace Errand.Mcp.Wire;

/// <summary>What a plain client gets instead of a result when its call goes on in the background.</summary>
internal sealed record WireHandle
{
    private const int PollInterval = 2000;

    public string Status { get; init; } = "processing";

    public required string Id { get; init; }

    public bool IsAsync { get; init; } = true;

    public bool IsComplete { get; init; }

    public required string State { get; init; }

    public int PollIntervalMs { get; init; } = PollInterval;

    public required string Next { get; init; }

    public static WireHandle Of(Job job) => new()
    {
        Id = job.Id.ToString(), State = job.State.ToWord(), IsComplete = job.IsTerminal,
        Next = $"It goes on in the background and is not lost. Call job_wait with id \"{job.Id}\" to wait for its end and get its result; " +
               "job_output shows what it has written so far; job_cancel stops it. Do not call the same tool again for it.",
    };
}
