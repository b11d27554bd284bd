using System.Text.Json;

namespace Errand.Commands;

/// <summary>The stream of Codex: <c>codex exec --json</c>.</summary>
internal sealed class CodexStream : JsonStreamParser
{
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private AgentUsage _used = new(0, 0, 0);
    private string? _lastText;
    private string? _lastError;
    private bool _answered;

    public override void Complete(ICollection<AgentEvent> events)
    {
        // An error that ends the stream before the turn does.
        if (!_answered && _lastError is { } error) Fail(error, events);
    }

    protected override bool Read(string type, JsonElement root, ICollection<AgentEvent> events)
    {
        switch (type)
        {
            case "thread.started":
                if (root.Text("thread_id") is { } thread) events.Add(new AgentSession(thread));
                return true;
            case "turn.started":
                events.Add(_used = _used with { Turns = _used.Turns + 1 });
                return true;
            case "turn.completed":
                ReadUsage(root.Child("usage"), events);
                _answered = true;
                events.Add(new AgentAnswer(_lastText));
                return true;
            case "turn.failed":
                Fail(root.Child("error").Text("message") ?? _lastError ?? "Codex gave no reason.", events);
                return true;
            case "error":
                // Codex tries again after most of these; if it gives up, the turn fails or the stream ends.
                _lastError = root.Text("message") ?? root.Readable();
                events.Add(AgentMessage.Notes(_lastError, isError: true));
                return true;
            case "item.started" or "item.completed": return ReadItem(root.Child("item"), isOver: type == "item.completed", events);
            case "item.updated": return true;
            default: return false;
        }
    }

    private void Fail(string message, ICollection<AgentEvent> events)
    {
        _answered = true;
        if (UsageLimitText.IsLimit(message)) events.Add(new AgentUsageLimit(message));
        events.Add(new AgentAnswer(message, IsError: true));
    }

    // Codex counts the whole thread, so that the last word is the sum.
    private void ReadUsage(JsonElement usage, ICollection<AgentEvent> events)
    {
        if (usage.ValueKind != JsonValueKind.Object) return;
        _used = _used with { InputTokens = usage.Number("input_tokens") ?? 0, OutputTokens = usage.Number("output_tokens") ?? 0 };
        events.Add(_used);
    }

    private bool ReadItem(JsonElement item, bool isOver, ICollection<AgentEvent> events)
    {
        if (item.Text("type") is not { } type) return false;
        if (IsTool(type))
        {
            string? id = item.Text("id");
            if (id is null || _begun.Add(id)) events.Add(AgentMessage.Uses(ToolOf(type, item), id, UseOf(type, item)));
            if (isOver) events.Add(AgentMessage.Gives(id, ResultOf(type, item), item.Text("status") is "failed" or "declined"));
            if (isOver && id is not null) _begun.Remove(id);
            return true;
        }
        if (!isOver) return true;
        switch (type)
        {
            case "agent_message":
                events.Add(AgentMessage.Says(_lastText = item.Text("text") ?? ""));
                return true;
            case "reasoning" or "plan":
                events.Add(AgentMessage.Thinks(item.Text("text") ?? ""));
                return true;
            case "todo_list":
                events.Add(AgentMessage.Notes(string.Join('\n', item.Items("items").Select(todo =>
                    $"[{(todo.IsTrue("completed") ? 'x' : ' ')}] {todo.Text("text")}"))));
                return true;
            case "error":
                events.Add(AgentMessage.Notes(item.Text("message") ?? item.Readable(), isError: true));
                return true;
            default: return false;
        }
    }

    private static bool IsTool(string type) =>
        type is "command_execution" or "file_change" or "mcp_tool_call" or "collab_tool_call" or "web_search";

    private static string ToolOf(string type, JsonElement item) => type switch
    {
        "mcp_tool_call" => $"{item.Text("server")}.{item.Text("tool")}",
        "collab_tool_call" => item.Text("tool") ?? type,
        _ => type,
    };

    private static string UseOf(string type, JsonElement item) => type switch
    {
        "command_execution" => item.Text("command") ?? "",
        "file_change" => string.Join('\n', item.Items("changes").Select(change => $"{change.Text("kind")} {change.Text("path")}")),
        "mcp_tool_call" => item.Child("arguments").Readable(),
        "collab_tool_call" => item.Text("prompt") ?? "",
        _ => item.Text("query") ?? "",
    };

    private static string ResultOf(string type, JsonElement item) => type switch
    {
        "command_execution" => item.Text("aggregated_output") ?? "",
        "mcp_tool_call" => item.Child("error").Text("message")
            ?? string.Join('\n', item.Child("result").Items("content").Select(part => part.Text("text") ?? part.Readable())),
        _ => item.Text("status") ?? "",
    };
}
