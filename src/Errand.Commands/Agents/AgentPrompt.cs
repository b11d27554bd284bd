namespace Errand.Commands;

/// <summary>How a CLI is told what to do.</summary>
public enum AgentPrompt
{
    /// <summary>As text on its standard input, which ends after it: no length limit, and not to be seen in lists of processes.</summary>
    Stdin,

    /// <summary>As an argument, in the place of <c>{prompt}</c> in the command, or at its end.</summary>
    Argument,

    /// <summary>
    /// As a message of the JSON stream that Claude Code reads; its standard input stays open for answers to requests for permission.
    /// </summary>
    StreamJson,
}
