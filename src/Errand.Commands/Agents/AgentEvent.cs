namespace Errand.Commands;

/// <summary>Something that an agent's stream says. What a reader of a stream gives, in the order in which it was said.</summary>
public abstract record AgentEvent
{
    private protected AgentEvent() { }
}

/// <summary>The CLI has opened or resumed a session.</summary>
/// <param name="Id">The CLI's own name for it.</param>
/// <param name="Model">The model that works in it, where it says so.</param>
public sealed record AgentSession(string Id, string? Model = null) : AgentEvent;

/// <summary>What the run has used so far, as its stream counts. A later one replaces an earlier one.</summary>
/// <param name="Turns">How many turns it has taken.</param>
/// <param name="InputTokens">How many tokens it has read, caches included.</param>
/// <param name="OutputTokens">How many tokens it has written.</param>
public sealed record AgentUsage(int Turns, long InputTokens, long OutputTokens) : AgentEvent
{
    /// <summary>Both.</summary>
    public long Tokens => InputTokens + OutputTokens;

    /// <summary>What it has cost in US dollars, where the stream tells.</summary>
    public decimal? CostUsd { get; init; }
}

/// <summary>The agent is done with what it was told: its last word, or why it failed.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsError">Whether it failed.</param>
public sealed record AgentAnswer(string? Text, bool IsError = false) : AgentEvent
{
    /// <summary>What ended it, where the stream names it: <see cref="AgentErrorCodes.CostLimit"/>, …</summary>
    public string? Code { get; init; }
}

/// <summary>The agent may not use a tool unless a person lets it.</summary>
/// <param name="Id">The CLI's name for the question.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Input">What it would be given.</param>
public sealed record AgentPermissionRequest(string Id, string Tool, JobData Input) : AgentEvent
{
    /// <summary>Why it asks, where it says so.</summary>
    public string? Reason { get; init; }
}

/// <summary>The provider lets the account do no more for now. The run may still go on, where there is another way to pay.</summary>
/// <param name="Message">What it says.</param>
/// <param name="ResetsAt">When the limit ends, where it tells the moment.</param>
public sealed record AgentUsageLimit(string Message, DateTimeOffset? ResetsAt = null) : AgentEvent;
