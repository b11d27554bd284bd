using System.Text;
using System.Text.Json;

namespace Errand.Commands;

/// <summary>The stream of Gemini CLI: <c>gemini --output-format stream-json</c>.</summary>
internal sealed class GeminiStream : JsonStreamParser
{
    // What the agent says comes in pieces that end anywhere; lines of it are given as soon as they are whole.
    private readonly StringBuilder _piece = new();
    private readonly StringBuilder _said = new();
    private int _turns;
    private bool _inTurn;
    private string? _lastError;

    public override void Complete(ICollection<AgentEvent> events) => Flush(events);

    protected override bool Read(string type, JsonElement root, ICollection<AgentEvent> events)
    {
        switch (type)
        {
            case "init":
                if (root.Text("session_id") is { } session) events.Add(new AgentSession(session, root.Text("model")));
                return true;
            case "message": return ReadMessage(root, events);
            case "tool_use":
                Flush(events);
                BeginTurn(events);
                _said.Clear();
                events.Add(AgentMessage.Uses(root.Text("tool_name"), root.Text("tool_id"), root.Child("parameters").Readable()));
                return true;
            case "tool_result":
                Flush(events);
                _inTurn = false;
                string output = root.Child("error").Text("message") ?? root.Text("output") ?? "";
                events.Add(AgentMessage.Gives(root.Text("tool_id"), output, root.Text("status") == "error"));
                return true;
            case "error":
                Flush(events);
                bool isError = root.Text("severity") != "warning";
                if (isError) _lastError = root.Text("message");
                events.Add(AgentMessage.Notes(root.Text("message") ?? "", isError));
                return true;
            case "result": return ReadResult(root, events);
            default: return false;
        }
    }

    protected override void Flush(ICollection<AgentEvent> events)
    {
        string text = _piece.ToString().TrimEnd('\n');
        _piece.Clear();
        if (text.Length > 0) events.Add(AgentMessage.Says(text));
    }

    private bool ReadMessage(JsonElement root, ICollection<AgentEvent> events)
    {
        string text = root.Text("content") ?? "";
        if (root.Text("role") != "assistant")
        {
            Flush(events);
            events.Add(new AgentMessage(AgentRole.User, AgentMessageKind.Text, text));
            return true;
        }
        BeginTurn(events);
        _said.Append(text);
        _piece.Append(text);
        if (!root.IsTrue("delta")) Flush(events);
        else if (text.Contains('\n')) FlushLines(events);
        return true;
    }

    private void BeginTurn(ICollection<AgentEvent> events)
    {
        if (_inTurn) return;
        _inTurn = true;
        events.Add(new AgentUsage(++_turns, 0, 0));
    }

    private bool ReadResult(JsonElement root, ICollection<AgentEvent> events)
    {
        Flush(events);
        var stats = root.Child("stats");
        if (stats.ValueKind == JsonValueKind.Object)
            events.Add(new AgentUsage(_turns, stats.Number("input_tokens") ?? 0, stats.Number("output_tokens") ?? 0));
        if (root.Text("status") != "error")
        {
            events.Add(new AgentAnswer(_said.ToString().Trim()));
            return true;
        }
        string message = root.Child("error").Text("message") ?? _lastError ?? "Gemini gave no reason.";
        if (UsageLimitText.IsLimit(message)) events.Add(new AgentUsageLimit(message));
        events.Add(new AgentAnswer(message, IsError: true));
        return true;
    }

    private void FlushLines(ICollection<AgentEvent> events)
    {
        string text = _piece.ToString();
        int end = text.LastIndexOf('\n');
        _piece.Clear().Append(text, end + 1, text.Length - end - 1);
        if (text.AsSpan(0, end).IsWhiteSpace()) return;
        events.Add(AgentMessage.Says(text[..end]));
    }
}
