using System.Text;

namespace Errand.Commands;

/// <summary>A transcript as text, for terminals and logs.</summary>
public static class AgentMessageText
{
    private const int MaxInput = 500;
    private const int MaxText = 2000;
    private const int MaxLines = 20;

    /// <summary>The message as one or more lines: what the agent says as it is, all else marked and shortened.</summary>
    /// <param name="message">The message.</param>
    public static string ToText(this AgentMessage message) => message.Kind switch
    {
        AgentMessageKind.Text when message.Role == AgentRole.User => Marked("> ", Shorten(message.Text)),
        AgentMessageKind.Text when message.Role == AgentRole.Cli => Marked(message.IsError ? "! " : "# ", Shorten(message.Text)),
        AgentMessageKind.Text => message.Text,
        AgentMessageKind.Thinking => Marked("~ ", Shorten(message.Text)),
        AgentMessageKind.ToolUse => Marked("→ ", $"{message.Tool} {Shorten(message.Text, MaxInput)}"),
        AgentMessageKind.ToolResult => Marked(message.IsError ? "← failed: " : "← ", Shorten(message.Text)),
        AgentMessageKind.Stderr => Marked("! ", message.Text),
        _ => message.Text,
    };

    // Each line of it, so that what a tool gave back never looks like something that the agent says.
    private static string Marked(string mark, string text)
    {
        text = text.TrimEnd();
        if (!text.Contains('\n')) return mark + text;
        return mark + text.ReplaceLineEndings("\n  ");
    }

    private static string Shorten(string text, int maxLength = MaxText)
    {
        int length = Math.Min(text.Length, maxLength);
        for (int at = 0, lines = 0; at < length; at++)
            if (text[at] == '\n' && ++lines == MaxLines) length = at;
        if (length == text.Length) return text;
        if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        return new StringBuilder(text, 0, length, length + 40).Append($" … ({text.Length - length:N0} more characters)").ToString();
    }
}
