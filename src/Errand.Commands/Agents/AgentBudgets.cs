namespace Errand.Commands;

/// <summary>How much one task of an agent may use before it is stopped. What is left out has no limit.</summary>
public sealed record AgentBudgets
{
    /// <summary>No limits at all.</summary>
    public static AgentBudgets None { get; } = new();

    /// <summary>How long an attempt may run; the time in which it waits for a person does not count.</summary>
    public TimeSpan? WallTime { get; init; }

    /// <summary>How much processor time an attempt may use, with all that it starts.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>How many tokens it may use over all attempts, in and out and from caches, as far as its stream tells.</summary>
    public long? Tokens { get; init; }

    /// <summary>How much it may cost in US dollars over all attempts, as far as its stream tells.</summary>
    public decimal? CostUsd { get; init; }

    internal JobLimits? ToLimits() => WallTime is null && CpuTime is null ? null : new() { WallTime = WallTime, CpuTime = CpuTime };
}
