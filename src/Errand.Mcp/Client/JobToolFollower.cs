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
    private const int LargestResult = 1 << 20;

    public override async IAsyncEnumerable<CallNews> FollowAsync(
        bool everyChange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        while (true)
        {
            // The first look is for what there is already, where all is wanted.
            var arguments = new JsonObject { ["timeoutMs"] = everyChange && cursor is null ? 0 : LongestWait };
            if (everyChange && cursor is not null) arguments["until"] = "change";
            if (cursor is not null) arguments["after"] = cursor;
            var answer = await CallAsync(JobToolNames.Wait, arguments, cancellationToken);
            var job = answer["job"] as JsonObject ?? throw new McpException($"The server's answer about the call '{Id}' does not say how it is.");
            cursor = RemoteTasks.Text(answer, "cursor");
            var update = UpdateOf(job);
            yield return new(update, update.State.IsTerminal() ? await EndAsync(job, update, cancellationToken) : null);
            if (update.State.IsTerminal()) yield break;
            if (update.State == JobState.Waiting) await AnswerAsync(job, cancellationToken);
        }
    }

    public override Task CancelAsync(CancellationToken cancellationToken) => CallAsync(JobToolNames.Cancel, [], cancellationToken);

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
            Progress = RemoteTasks.Number(progress, "current"), Total = RemoteTasks.Number(progress, "total"),
            Message = RemoteTasks.Text(progress, "message"),
        };
    }

    private async Task<CallEnd> EndAsync(JsonObject job, RemoteCallUpdate update, CancellationToken cancellationToken)
    {
        if (update.State == JobState.Cancelled) return new(null, new RemoteCallCancelledException(Id));
        // What came along with the job is without the blocks of the tool's own answer.
        var arguments = new JsonObject { ["maxBytes"] = LargestResult };
        var answer = await SendAsync(JobToolNames.Result, arguments, cancellationToken);
        var view = answer["structuredContent"] as JsonObject;
        if (view?["preview"] is not null) return new(null, TooLarge());
        if (view?.ContainsKey("result") == true)
        {
            answer["structuredContent"] = (view["result"] as JsonObject)?.DeepClone();
            return new(RemoteTasks.ToResult(answer));
        }
        string? message = RemoteTasks.Text(job["error"] as JsonObject, "message");
        if (update.State != JobState.Failed) return new(new CallToolResult());
        return new(new CallToolResult { Content = [new TextContentBlock { Text = message ?? "The call failed." }], IsError = true });
    }

    private McpException TooLarge() =>
        new($"The result of the call '{Id}' is larger than the server hands out at once: read it page by page with {NameOf(JobToolNames.Result)}.");

    /// <summary>Has the client's handlers answer what they can. The rest waits for somebody else, on another surface.</summary>
    private async Task AnswerAsync(JsonObject job, CancellationToken cancellationToken)
    {
        foreach (var question in (job["questions"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            if (RemoteTasks.Text(question, "key") is not { } key || question["onlyPerson"] is not null) continue;
            if (QuestionOf(question) is not { } request) continue;
            IDictionary<string, InputResponse>? answers;
            try { answers = await AnswerAsync(new Dictionary<string, InputRequest> { [key] = request }, cancellationToken); }
            catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
            {
                // How the client says that it has no handler for it.
                continue;
            }
            if (answers is not null) await SendAnswerAsync(key, answers[key], cancellationToken);
        }
    }

    private static InputRequest? QuestionOf(JsonObject question) =>
        question["request"] is JsonObject request && RemoteTasks.Text(request, "method") is { } method
            ? new() { Method = method, Params = JsonSerializer.SerializeToElement(request["params"] ?? new JsonObject(), McpNodes.Node) }
            : null;

    private async Task SendAnswerAsync(string key, InputResponse answer, CancellationToken cancellationToken)
    {
        try
        {
            var arguments = new JsonObject { ["key"] = key, ["answer"] = JsonNode.Parse(answer.RawValue.GetRawText()) };
            await CallAsync(JobToolNames.Input, arguments, cancellationToken);
        }
        catch (JobToolRefusedException e) when (e.Code == "input_not_expected")
        {
            // Somebody else was first.
        }
        catch
        {
            Forget([key]);
            throw;
        }
    }

    private async Task<JsonObject> CallAsync(string tool, JsonObject arguments, CancellationToken cancellationToken) =>
        (await SendAsync(tool, arguments, cancellationToken))["structuredContent"] as JsonObject
        ?? throw new McpException($"The server's tool '{NameOf(tool)}' is not one that follows calls.");

    /// <summary>Calls one of the tools about this call.</summary>
    private Task<JsonObject> SendAsync(string tool, JsonObject arguments, CancellationToken cancellationToken)
    {
        arguments["id"] = Id;
        return Server.RepeatAsync(async (client, token) =>
        {
            var parameters = new JsonObject { ["name"] = NameOf(tool), ["arguments"] = arguments.DeepClone() };
            var answer = await ServerConnection.SendAsync(client, RemoteTasks.Request(RequestMethods.ToolsCall, parameters, NameOf(tool)), token);
            return Accept(tool, answer);
        }, cancellationToken);
    }

    private string NameOf(string tool) => Server.Options.ToolNames.TryGetValue(tool, out string? renamed) ? renamed : tool;

    private JsonObject Accept(string tool, JsonObject answer)
    {
        var content = answer["structuredContent"] as JsonObject;
        // An error that says nothing more comes from the server, and not from the tool: it may be over soon.
        if (answer["isError"]?.GetValue<bool>() != true) return answer;
        if (content is null) throw new McpException($"The server's tool '{NameOf(tool)}' failed.");
        if (RemoteTasks.Text(content, "code") is not { } code) return answer;
        // What is no id of Errand's can be none of its calls.
        if (code == "not_found" || RemoteTasks.Text(content, "param") == "id") throw new RemoteCallNotFoundException(Id);
        throw new JobToolRefusedException(NameOf(tool), code, RemoteTasks.Text(content, "message"));
    }
}
