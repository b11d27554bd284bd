namespace Errand.Commands;

/// <summary>What a task of an agent came to.</summary>
/// <param name="Answer">Its last word.</param>
/// <param name="SessionId">The CLI's own session, to go on with.</param>
/// <param name="Turns">How many turns it took, as its stream counts them.</param>
/// <param name="Tokens">What it used, where its stream tells.</param>
/// <param name="CostUsd">What it cost, where its stream tells.</param>
/// <param name="ExitCode">The exit code of the CLI.</param>
internal sealed record AgentResult(string? Answer, string? SessionId, int Turns, AgentTokens? Tokens, decimal? CostUsd, int? ExitCode);

/// <summary>What a task has used, in tokens.</summary>
/// <param name="Input">What it has read, caches included.</param>
/// <param name="Output">What it has written.</param>
/// <param name="Total">Both.</param>
internal sealed record AgentTokens(long Input, long Output, long Total);
