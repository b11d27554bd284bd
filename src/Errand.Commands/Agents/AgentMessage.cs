namespace Errand.Commands;

/// <summary>One entry of an agent's transcript.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Kind">What sort of entry it is.</param>
/// <param name="Text">What is said: text, the input of a tool as JSON, what a tool gave back.</param>
public sealed record AgentMessage(AgentRole Role, AgentMessageKind Kind, string Text) : AgentEvent
{
    /// <summary>The tool, where one is used.</summary>
    public string? Tool { get; init; }

    /// <summary>The CLI's name for this use of the tool; its result has the same.</summary>
    public string? ToolId { get; init; }

    /// <summary>Whether it says that something went wrong.</summary>
    public bool IsError { get; init; }

    internal static AgentMessage Says(string text) => new(AgentRole.Agent, AgentMessageKind.Text, text);

    internal static AgentMessage Thinks(string text) => new(AgentRole.Agent, AgentMessageKind.Thinking, text);

    internal static AgentMessage Uses(string? tool, string? id, string input) =>
        new(AgentRole.Agent, AgentMessageKind.ToolUse, input) { Tool = tool, ToolId = id };

    internal static AgentMessage Gives(string? id, string output, bool isError) =>
        new(AgentRole.Tool, AgentMessageKind.ToolResult, output) { ToolId = id, IsError = isError };

    internal static AgentMessage Notes(string text, bool isError = false) =>
        new(AgentRole.Cli, AgentMessageKind.Text, text) { IsError = isError };

    internal static AgentMessage Raw(string line) => new(AgentRole.Cli, AgentMessageKind.Raw, line);
}

/// <summary>Who says something in a transcript.</summary>
public enum AgentRole
{
    /// <summary>The agent.</summary>
    Agent,

    /// <summary>Whoever told it what to do.</summary>
    User,

    /// <summary>A tool that the agent used.</summary>
    Tool,

    /// <summary>The CLI itself.</summary>
    Cli,
}

/// <summary>What sort of entry a transcript has.</summary>
public enum AgentMessageKind
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>What the agent thinks, or a summary of it.</summary>
    Thinking,

    /// <summary>A tool is used.</summary>
    ToolUse,

    /// <summary>What a tool gave back.</summary>
    ToolResult,

    /// <summary>A line of the stream as it is: not JSON, too long, or of a sort that the reader does not know.</summary>
    Raw,

    /// <summary>A line that the CLI wrote to its standard error.</summary>
    Stderr,
}
