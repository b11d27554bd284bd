namespace Errand;

/// <summary>How far a job may go before it is stopped.</summary>
public sealed record JobLimits
{
    /// <summary>No limits at all: work that runs until it ends.</summary>
    public static JobLimits None { get; } = new();

    /// <summary>
    /// How long one attempt may run, counted from its start; the time in which it waits for input does not count. Default: no limit.
    /// </summary>
    public TimeSpan? WallTime { get; init; }
}
