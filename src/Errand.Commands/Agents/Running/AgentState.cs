namespace Errand.Commands;

/// <summary>What an attempt keeps for the next one, and for a task that goes on with its session.</summary>
internal sealed record AgentState
{
    /// <summary>The CLI's own session.</summary>
    public string? Session { get; init; }

    /// <summary>Whether a usage limit cut the session off in the middle of its work, so that the next attempt goes on with it.</summary>
    public bool GoesOn { get; init; }

    /// <summary>The attempt whose CLI was told what to do, where it is told over an input that stays open.</summary>
    public int? Told { get; init; }

    /// <summary>The last requests for permission that the CLI was answered: it hears an answer once.</summary>
    public IReadOnlyList<string> Answered { get => field ?? []; init; }

    /// <summary>What attempts that have ended used.</summary>
    public AgentSpending Spent { get; init; } = AgentSpending.None;

    public static AgentState Of(JobData checkpoint) => checkpoint.As(AgentJson.Default.AgentState) ?? new();

    public JobData ToData() => JobData.From(this, AgentJson.Default.AgentState);
}

/// <summary>What was used.</summary>
/// <param name="Input">Tokens read.</param>
/// <param name="Output">Tokens written.</param>
/// <param name="CostUsd">What it cost, where that is known.</param>
/// <param name="Turns">Turns taken.</param>
internal sealed record AgentSpending(long Input, long Output, decimal? CostUsd, int Turns)
{
    public static AgentSpending None { get; } = new(0, 0, null, 0);

    public long Tokens => Input + Output;

    public AgentSpending Plus(AgentSpending other) => new(
        Input + other.Input, Output + other.Output,
        CostUsd is null && other.CostUsd is null ? null : (CostUsd ?? 0) + (other.CostUsd ?? 0), Turns + other.Turns);
}
