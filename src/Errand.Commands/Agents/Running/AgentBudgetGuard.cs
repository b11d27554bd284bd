using System.Globalization;

namespace Errand.Commands;

/// <summary>Tells when a task has used more than it may.</summary>
/// <param name="profile">Whose budgets count.</param>
/// <param name="before">What earlier attempts used.</param>
internal sealed class AgentBudgetGuard(AgentProfile profile, AgentSpending before)
{
    /// <summary>What is left of the cost before this run.</summary>
    public decimal? CostLeft => profile.Budgets.CostUsd is { } limit ? Math.Max(0.0001m, limit - (before.CostUsd ?? 0)) : null;

    /// <summary>Why the run must end, if it must.</summary>
    /// <param name="spent">What this run has used so far.</param>
    public JobError? BreachOf(AgentSpending spent)
    {
        var all = before.Plus(spent);
        if (profile.Budgets.Tokens is { } tokens && all.Tokens > tokens)
            return Breach(AgentErrorCodes.TokenLimit, string.Create(CultureInfo.InvariantCulture,
                $"It had used {all.Tokens:N0} tokens of its {tokens:N0}, {Turns(all)}, and was stopped."), "Tokens");
        if (profile.Budgets.CostUsd is { } cost && all.CostUsd > cost) return CostBreach(all);
        return null;
    }

    /// <summary>The CLI itself has kept to the budget of cost and stopped.</summary>
    public JobError StoppedItself(AgentSpending spent) => CostBreach(before.Plus(spent));

    private JobError CostBreach(AgentSpending all) => Breach(AgentErrorCodes.CostLimit, string.Create(CultureInfo.InvariantCulture,
        $"It had cost ${all.CostUsd ?? 0:0.00##} of its ${profile.Budgets.CostUsd ?? 0:0.00##}, {Turns(all)}, and was stopped."), "CostUsd");

    private JobError Breach(string code, string message, string name) => new(
        code,
        $"{message} What it did up to then is kept. Continue it as a new task, or give the profile '{profile.Name}' more (Budgets.{name}).",
        Retryable: false);

    /// <summary>How far a task came.</summary>
    public static string Turns(AgentSpending all) => $"after {all.Turns} turn{(all.Turns == 1 ? "" : "s")}";
}
