using System.Text.Json;

namespace Errand.Commands;

/// <summary>The stream of Claude Code: <c>claude -p --output-format stream-json --verbose</c>.</summary>
internal sealed class ClaudeStream : JsonStreamParser
{
    // The entries of one answer of the model come one by one, and each repeats what the answer has used.
    private string? _message;
    private int _turns;
    private long _input, _output, _messageInput, _messageOutput;
    private string? _lastText;

    public override ReadOnlyMemory<byte> AnswerTo(AgentPermissionRequest request, bool allow, string? message) =>
        ClaudeMessages.Answer(request, allow, message);

    protected override bool Read(string type, JsonElement root, ICollection<AgentEvent> events)
    {
        switch (type)
        {
            case "system": return ReadSystem(root, events);
            case "assistant": return ReadAssistant(root, events);
            case "user": return ReadUser(root, events);
            case "result": return ReadResult(root, events);
            case "control_request": return ReadRequest(root, events);
            case "rate_limit_event": return ReadRateLimit(root.Child("rate_limit_info"), events);
            // Pieces of what comes whole later, and the machinery of the stream itself.
            case "stream_event" or "control_response" or "control_cancel_request" or "keep_alive": return true;
            default: return false;
        }
    }

    private static bool ReadSystem(JsonElement root, ICollection<AgentEvent> events)
    {
        if (root.Text("subtype") != "init" || root.Text("session_id") is not { } session) return root.Text("subtype") is "status" or "init";
        events.Add(new AgentSession(session, root.Text("model")));
        return true;
    }

    private bool ReadAssistant(JsonElement root, ICollection<AgentEvent> events)
    {
        var message = root.Child("message");
        foreach (var part in message.Items("content"))
            if (PartOf(part) is { } entry) events.Add(entry);
        if (root.Text("error") == "rate_limit") events.Add(new AgentUsageLimit(_lastText ?? "Claude's rate limit is reached."));
        CountUsage(message, isOwn: root.Child("parent_tool_use_id").ValueKind != JsonValueKind.String);
        events.Add(new AgentUsage(_turns, _input + _messageInput, _output + _messageOutput));
        return true;
    }

    private AgentMessage? PartOf(JsonElement part) => part.Text("type") switch
    {
        "text" => AgentMessage.Says(_lastText = part.Text("text") ?? ""),
        "thinking" => AgentMessage.Thinks(part.Text("thinking") ?? ""),
        "redacted_thinking" => null,
        "tool_use" or "server_tool_use" => AgentMessage.Uses(part.Text("name"), part.Text("id"), part.Child("input").Readable()),
        _ => AgentMessage.Raw(part.Readable()),
    };

    private void CountUsage(JsonElement message, bool isOwn)
    {
        string? id = message.Text("id");
        if (id is null || id != _message)
        {
            _message = id;
            _input += _messageInput;
            _output += _messageOutput;
            (_messageInput, _messageOutput) = (0, 0);
            // What agents under it do is its own turn.
            if (isOwn) _turns++;
        }
        var usage = message.Child("usage");
        _messageInput = Math.Max(_messageInput, InputOf(usage));
        _messageOutput = Math.Max(_messageOutput, usage.Number("output_tokens") ?? 0);
    }

    private static bool ReadUser(JsonElement root, ICollection<AgentEvent> events)
    {
        var content = root.Child("message").Child("content");
        if (content.AsText() is { } text) events.Add(new AgentMessage(AgentRole.User, AgentMessageKind.Text, text));
        foreach (var part in root.Child("message").Items("content"))
            events.Add(part.Text("type") switch
            {
                "tool_result" => AgentMessage.Gives(part.Text("tool_use_id"), WordsOf(part), part.IsTrue("is_error")),
                "text" => new AgentMessage(AgentRole.User, AgentMessageKind.Text, part.Text("text") ?? ""),
                _ => AgentMessage.Raw(part.Readable()),
            });
        return true;
    }

    private static string WordsOf(JsonElement result) => result.Child("content").ValueKind != JsonValueKind.Array
        ? result.Child("content").Readable()
        : string.Join('\n', result.Items("content").Select(part => part.Text("text") ?? $"[{part.Text("type")}]"));

    private bool ReadResult(JsonElement root, ICollection<AgentEvent> events)
    {
        string subtype = root.Text("subtype") ?? "success";
        bool isError = root.IsTrue("is_error") || subtype.StartsWith("error", StringComparison.Ordinal);
        if (root.Text("session_id") is { Length: > 0 } session) events.Add(new AgentSession(session));
        var usage = root.Child("usage");
        bool tells = usage.Number("input_tokens") is not null;
        events.Add(new AgentUsage(
            (int)Math.Clamp(root.Number("num_turns") ?? _turns, 0, int.MaxValue),
            tells ? InputOf(usage) : _input + _messageInput,
            tells ? usage.Number("output_tokens") ?? 0 : _output + _messageOutput) { CostUsd = root.Amount("total_cost_usd") });
        string? text = root.Text("result") ?? ErrorsOf(root);
        if (isError && UsageLimitText.IsLimit(text)) events.Add(new AgentUsageLimit(text!));
        events.Add(new AgentAnswer(text ?? (isError ? $"Claude ended with {subtype}." : _lastText), isError)
        {
            Code = subtype == "error_max_budget_usd" ? AgentErrorCodes.CostLimit : null,
        });
        return true;
    }

    private static string? ErrorsOf(JsonElement root)
    {
        string errors = string.Join('\n', root.Items("errors").Select(error => error.Text("message") ?? error.Readable()));
        return errors.Length == 0 ? null : errors;
    }

    private static bool ReadRequest(JsonElement root, ICollection<AgentEvent> events)
    {
        var request = root.Child("request");
        if (request.Text("subtype") != "can_use_tool" || root.Text("request_id") is not { } id) return false;
        var input = request.Child("input");
        var given = JobData.Parse(input.ValueKind == JsonValueKind.Object ? input.GetRawText() : "{}");
        events.Add(new AgentPermissionRequest(id, request.Text("tool_name") ?? "a tool", given)
        {
            Reason = request.Text("decision_reason") ?? request.Text("blocked_path"),
        });
        return true;
    }

    private static bool ReadRateLimit(JsonElement info, ICollection<AgentEvent> events)
    {
        if (info.Text("status") != "rejected") return true;
        string which = info.Text("rateLimitType")?.Replace('_', '-') ?? "usage";
        events.Add(new AgentUsageLimit($"Claude's {which} limit is reached.", UsageLimitText.FromUnix(info.Number("resetsAt"))));
        return true;
    }

    private static long InputOf(JsonElement usage) =>
        (usage.Number("input_tokens") ?? 0) + (usage.Number("cache_creation_input_tokens") ?? 0) + (usage.Number("cache_read_input_tokens") ?? 0);
}
