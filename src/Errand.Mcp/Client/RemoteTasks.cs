using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Tasks of both generations as a client reads them and asks for them.</summary>
internal static class RemoteTasks
{
    /// <summary>A request about one task.</summary>
    public static JsonRpcRequest Request(string method, string id, JsonObject? meta = null)
    {
        var parameters = new JsonObject { ["taskId"] = id };
        if (meta is not null) parameters["_meta"] = meta;
        return Request(method, parameters, id);
    }

    /// <summary>A request; over HTTP its subject is named in a header, too.</summary>
    public static JsonRpcRequest Request(string method, JsonObject parameters, string? name = null) =>
        new() { Method = method, Params = parameters, Context = name is null ? null : new() { RoutingName = name } };

    /// <summary>What a request of 2026-07-28 must say to be given tasks.</summary>
    public static JsonObject Declared() => new()
    {
        ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject
        {
            ["extensions"] = new JsonObject { [ClientEras.TasksExtension] = new JsonObject() },
        },
    };

    /// <summary>What a task is doing.</summary>
    public static RemoteCallUpdate UpdateOf(JsonObject task) => new()
    {
        State = Text(task, "status") switch
        {
            TaskWords.InputRequired => JobState.Waiting,
            TaskWords.Completed => JobState.Completed,
            TaskWords.Failed => JobState.Failed,
            TaskWords.Cancelled => JobState.Cancelled,
            _ => JobState.Running,
        },
        Message = Text(task, "statusMessage"),
    };

    /// <summary>How long the server wants to be left alone.</summary>
    public static TimeSpan PauseOf(JsonObject task, string name, TimeSpan otherwise) =>
        Number(task, name) is { } milliseconds and >= 0 and < int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : otherwise;

    /// <summary>A text of an answer.</summary>
    public static string? Text(JsonObject? answer, string name) =>
        answer?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A number of an answer.</summary>
    public static double? Number(JsonObject? answer, string name) =>
        answer?[name] is JsonValue value && value.TryGetValue(out double number) ? number : null;

    /// <summary>An answer of a tool.</summary>
    public static CallToolResult ToResult(JsonNode? answer) =>
        answer?.Deserialize(McpNodes.TypeOf<CallToolResult>()) ?? throw new McpException("The server's answer to the call is empty.");
}
