using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Follows a call by the tools that Errand's servers have for clients without tasks.</summary>
internal sealed class JobToolFollower(string id, ServerConnection server) : CallFollower(id, server)
{
    // Shorter than any client's patience with one request.
    private const int LongestWait = 30_000;
    private const int LargestResult = 64 << 20;

    public override async IAsyncEnumerable<CallNews> FollowAsync(bool everyChange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arguments = new JsonObject { ["timeoutMs"] = everyChange ? 0 : LongestWait };
        while (true)
        {
            var answer = await CallAsync("job_wait", arguments, cancellationToken);
            var job = answer["job"] as JsonObject ?? throw new McpException($"The server's answer about the call '{Id}' does not say how it is.");
            var update = UpdateOf(job);
            yield return new(update, update.State.IsTerminal() ? await EndOfAsync(job, update, cancellationToken) : null);
            if (update.State.IsTerminal()) yield break;
            arguments = new() { ["timeoutMs"] = LongestWait };
            if (!everyChange) continue;
            arguments["until"] = "change";
            if (RemoteTasks.Text(answer, "cursor") is { } cursor) arguments["after"] = cursor;
        }
    }

    public override Task CancelAsync(CancellationToken cancellationToken) => CallAsync("job_cancel", [], cancellationToken);

    private static RemoteCallUpdate UpdateOf(JsonObject job)
    {
        var progress = job["progress"] as JsonObject;
        return new()
        {
            State = RemoteTasks.Text(job, "state") switch
            {
                "queued" => JobState.Queued,
                "waiting" => JobState.Waiting,
                "completed" => JobState.Completed,
                "failed" => JobState.Failed,
                "cancelled" => JobState.Cancelled,
                _ => JobState.Running,
            },
            Progress = RemoteTasks.Number(progress, "current"), Total = RemoteTasks.Number(progress, "total"), Message = RemoteTasks.Text(progress, "message"),
        };
    }

    private async Task<CallEnd> EndOfAsync(JsonObject job, RemoteCallUpdate update, CancellationToken cancellationToken)
    {
        if (update.State == JobState.Cancelled) return new(null, new RemoteCallCancelledException(Id));
        // A large one does not come along.
        var result = job["result"] ?? (await CallAsync("job_result", new() { ["maxBytes"] = LargestResult }, cancellationToken))["result"];
        bool failed = update.State == JobState.Failed;
        if (result is JsonObject { } answer && answer["content"] is JsonArray && IsOfTool(job)) return new(RemoteTasks.ToResult(answer));
        string text = failed ? RemoteTasks.Text(job["error"] as JsonObject, "message") ?? "The call failed."
            : result is JsonValue value && value.TryGetValue(out string? words) ? words
            : result?.ToJsonString() ?? "";
        return new(new CallToolResult
        {
            Content = [new TextContentBlock { Text = text }], IsError = failed ? true : null,
            StructuredContent = result is JsonObject ? JsonSerializer.SerializeToElement(result, McpNodes.Node) : null,
        });
    }

    private static bool IsOfTool(JsonObject job) => RemoteTasks.Text(job, "kind")?.StartsWith(DeferrableTool.KindPrefix, StringComparison.Ordinal) == true;

    /// <summary>Calls one of the tools about this call, and reads what it answers.</summary>
    private Task<JsonObject> CallAsync(string tool, JsonObject arguments, CancellationToken cancellationToken)
    {
        string name = Server.Options.ToolNames.TryGetValue(tool, out string? renamed) ? renamed : tool;
        arguments["id"] = Id;
        return Server.RepeatAsync(async (client, token) =>
        {
            var parameters = new JsonObject { ["name"] = name, ["arguments"] = arguments.DeepClone() };
            return Read(name, await ServerConnection.SendAsync(client, RemoteTasks.Request(RequestMethods.ToolsCall, parameters, name), token));
        }, cancellationToken);
    }

    private JsonObject Read(string tool, JsonObject answer)
    {
        var content = answer["structuredContent"] as JsonObject;
        if (answer["isError"]?.GetValue<bool>() != true) return content ?? throw new McpProtocolException($"The tool '{tool}' is not one that follows calls.");
        // What is no id of Errand's can be none of its calls.
        if (RemoteTasks.Text(content, "code") == "not_found" || RemoteTasks.Text(content, "param") == "id") throw new RemoteCallNotFoundException(Id);
        string? text = (answer["content"] as JsonArray)?.Select(block => RemoteTasks.Text(block as JsonObject, "text")).FirstOrDefault(each => each is not null);
        throw new McpException($"The server's tool '{tool}' refused: {text ?? "it does not say why"}");
    }
}
