namespace Errand.Commands;

/// <summary>What a run has come to, as far as its stream has told.</summary>
internal sealed class AgentTally
{
    private const int MaxLine = 200;

    public string? Session { get; private set; }

    public AgentUsage Used { get; private set; } = new(0, 0, 0);

    /// <summary>Whether the stream says what is used; plain text does not.</summary>
    public bool TellsUsage { get; private set; }

    public AgentAnswer? Answer { get; private set; }

    public AgentUsageLimit? Limit { get; private set; }

    /// <summary>The last thing that went wrong.</summary>
    public string? LastError { get; private set; }

    /// <summary>What the agent does, in a line.</summary>
    public string? Doing { get; private set; }

    /// <summary>Whether the agent has done anything yet.</summary>
    public bool HasWorked { get; private set; }

    public AgentSpending Spent => new(Used.InputTokens, Used.OutputTokens, Used.CostUsd, Used.Turns);

    public void Take(AgentEvent happened)
    {
        switch (happened)
        {
            case AgentSession session: Session = session.Id; break;
            case AgentAnswer answer: Answer = answer; break;
            case AgentUsageLimit limit: Limit = limit with { ResetsAt = limit.ResetsAt ?? Limit?.ResetsAt }; break;
            case AgentMessage message: Take(message); break;
            case AgentUsage used:
                TellsUsage |= used.Tokens > 0 || used.CostUsd is not null;
                // A stream that tells of the cost only now and then has not taken back what it told.
                Used = used with { CostUsd = used.CostUsd ?? Used.CostUsd };
                break;
            default: break;
        }
    }

    private void Take(AgentMessage message)
    {
        if (message is { Role: AgentRole.Cli, IsError: true }) LastError = message.Text;
        if (message.Role != AgentRole.Agent) return;
        HasWorked = true;
        if (message.Kind == AgentMessageKind.Text) Doing = OneLine(message.Text);
        else if (message.Kind == AgentMessageKind.ToolUse) Doing = OneLine($"{message.Tool}: {message.Text}");
    }

    private static string OneLine(string text)
    {
        string line = string.Join(' ', text[..Math.Min(text.Length, MaxLine * 4)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLine ? line : $"{line[..(MaxLine - 1)]}…";
    }
}
