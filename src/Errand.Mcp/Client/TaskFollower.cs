using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Follows a call by the tasks extension of 2026-07-28.</summary>
internal sealed class TaskFollower(string id, ServerConnection server) : CallFollower(id, server)
{
    // Where the server tells what happens, it is still asked now and then: what it tells may be lost on the way.
    private static readonly TimeSpan Meanwhile = TimeSpan.FromSeconds(30);

    public override async IAsyncEnumerable<CallNews> FollowAsync(bool everyChange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var news = new TaskNews(Id, Server.Options);
        JsonObject? task = null;
        while (true)
        {
            task ??= await LookAsync(news, cancellationToken);
            var update = RemoteTasks.UpdateOf(task);
            yield return new(update, EndOf(task, update));
            if (update.State.IsTerminal()) yield break;
            if (update.State == JobState.Waiting && await AnswerAsync(task, cancellationToken))
            {
                task = null;
                continue;
            }
            var pause = RemoteTasks.PauseOf(task, "pollIntervalMs", Server.Options.PollInterval);
            task = await news.NextAsync(news.IsGranted && pause < Meanwhile ? Meanwhile : pause, cancellationToken);
        }
    }

    public override Task CancelAsync(CancellationToken cancellationToken) =>
        KnownAsync(Server.RepeatAsync(() => RemoteTasks.Request("tasks/cancel", Id, RemoteTasks.Declared()), cancellationToken));

    private Task<JsonObject> LookAsync(TaskNews news, CancellationToken cancellationToken) => KnownAsync(Server.RepeatAsync(async (client, token) =>
    {
        // Before the look, so that nothing falls between the two.
        if (Server.Options.Subscribe) await news.ListenToAsync(client);
        return await ServerConnection.SendAsync(client, RemoteTasks.Request("tasks/get", Id, RemoteTasks.Declared()), token);
    }, cancellationToken));

    private CallEnd? EndOf(JsonObject task, RemoteCallUpdate update) => update.State switch
    {
        JobState.Completed => new(RemoteTasks.ToResult(task["result"])),
        JobState.Cancelled => new(null, new RemoteCallCancelledException(Id, update.Message)),
        JobState.Failed => new(null, ProblemOf(task["error"] as JsonObject, update.Message)),
        _ => null,
    };

    private static McpProtocolException ProblemOf(JsonObject? error, string? otherwise)
    {
        int code = error?["code"] is JsonValue value && value.TryGetValue(out int number) ? number : (int)McpErrorCode.InternalError;
        return new(RemoteTasks.Text(error, "message") ?? otherwise ?? "The call failed.", (McpErrorCode)code);
    }

    private async Task<bool> AnswerAsync(JsonObject task, CancellationToken cancellationToken)
    {
        var questions = task["inputRequests"]?.Deserialize(McpNodes.TypeOf<IDictionary<string, InputRequest>>());
        if (questions is not { Count: > 0 } || await AnswerAsync(questions, cancellationToken) is not { } answers) return false;
        try
        {
            await KnownAsync(Server.RepeatAsync(() =>
            {
                var request = RemoteTasks.Request("tasks/update", Id, RemoteTasks.Declared());
                request.Params!["inputResponses"] = JsonSerializer.SerializeToNode(answers, McpNodes.TypeOf<IDictionary<string, InputResponse>>());
                return request;
            }, cancellationToken));
            return true;
        }
        catch
        {
            Forget(answers.Keys);
            throw;
        }
    }
}
