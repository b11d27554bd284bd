namespace Errand.Commands;

/// <summary>The codes that failures of agents have, besides <see cref="JobErrorCodes"/> and <see cref="CommandErrorCodes"/>.</summary>
public static class AgentErrorCodes
{
    /// <summary>The agent says itself that it has failed.</summary>
    public const string AgentError = "agent_error";

    /// <summary>It ended without saying how its work came out.</summary>
    public const string NoAnswer = "agent_no_answer";

    /// <summary>It used more tokens than its budget.</summary>
    public const string TokenLimit = "limit_tokens";

    /// <summary>It cost more than its budget.</summary>
    public const string CostLimit = "limit_cost";

    /// <summary>The provider lets the account do no more for now. The job waits in the queue until it does.</summary>
    public const string UsageLimit = "usage_limit";

    /// <summary>What no other attempt of the same job is made after.</summary>
    internal static IReadOnlyList<string> Final { get; } =
    [
        JobErrorCodes.Exception, JobErrorCodes.Timeout, JobErrorCodes.Interrupted, JobErrorCodes.StartFailed,
        CommandErrorCodes.ExitCode, CommandErrorCodes.Signal, JobErrorCodes.LimitOutput, AgentError, NoAnswer, TokenLimit, CostLimit,
    ];
}
