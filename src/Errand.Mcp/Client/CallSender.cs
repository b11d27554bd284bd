using System.Text.Json;
using System.Text.Json.Nodes;
using Errand.Mcp.Wire;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Sends calls in the words of the server's generation, and reads what it made of them.</summary>
internal sealed class CallSender(ServerConnection server)
{
    private readonly RemoteTools _tools = new(server);
    private long _tokens;

    /// <summary>Sends a call, once.</summary>
    public async Task<RemoteCall> SendAsync(
        string tool, IReadOnlyDictionary<string, object?>? arguments, IProgress<RemoteCallUpdate>? progress, CancellationToken cancellationToken)
    {
        var client = await server.GetAsync(cancellationToken);
        var parameters = new JsonObject { ["name"] = tool, ["arguments"] = ToNode(arguments) };
        var meta = HasTasks(client) ? RemoteTasks.Declared() : [];
        if (IsLegacy(client) && await _tools.TakesTasksAsync(tool, cancellationToken)) parameters["task"] = new JsonObject();
        string token = $"errand-{Interlocked.Increment(ref _tokens)}";
        if (progress is not null) meta["progressToken"] = token;
        if (meta.Count > 0) parameters["_meta"] = meta;
        await using var heard = progress is null ? null : Hear(client, token, progress);
        return Read(await ServerConnection.SendAsync(client, RemoteTasks.Request(RequestMethods.ToolsCall, parameters, tool), cancellationToken));
    }

    /// <summary>How a call is followed of which no more is known than its id.</summary>
    public async ValueTask<CallFollower> FollowerAsync(string id, CancellationToken cancellationToken)
    {
        // Any connection will do, but there must be one: only it tells what the server speaks.
        var client = await server.RepeatAsync((client, _) => Task.FromResult(client), cancellationToken);
        if (HasTasks(client)) return new TaskFollower(id, server);
        if (IsLegacy(client) && await _tools.TakeTasksAsync(cancellationToken)) return new LegacyTaskFollower(id, server);
        return new JobToolFollower(id, server);
    }

    private static IAsyncDisposable Hear(McpClient client, string token, IProgress<RemoteCallUpdate> progress) =>
        client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (notification, _) =>
        {
            if (notification.Params is JsonObject told && RemoteTasks.Text(told, "progressToken") == token) progress.Report(ProgressOf(told));
            return default;
        });

    private RemoteCall Read(JsonObject answer)
    {
        if (RemoteTasks.Text(answer, "resultType") == "task" && RemoteTasks.Text(answer, "taskId") is { } task)
            return Following(new TaskFollower(task, server));
        if (RemoteTasks.Text(answer["task"] as JsonObject, "taskId") is { } legacy) return Following(new LegacyTaskFollower(legacy, server));
        // Only this mark makes an answer a handle. What the tool's own result says, whatever it looks like, is data.
        if (RemoteTasks.Text(answer["_meta"] as JsonObject, WireHandle.MetaKey) is { } handle) return Following(new JobToolFollower(handle, server));
        return new(RemoteTasks.ToResult(answer));
    }

    private static RemoteCall Following(CallFollower follower) => new(follower.Id, _ => new(follower));

    private static bool HasTasks(McpClient client) =>
        ClientEras.DescribesEachRequest(client.NegotiatedProtocolVersion)
        && client.ServerCapabilities.Extensions?.ContainsKey(ClientEras.TasksExtension) == true;

    private static bool IsLegacy(McpClient client) => client.NegotiatedProtocolVersion == ClientEras.LegacyTasks;

    private static JsonObject ToNode(IReadOnlyDictionary<string, object?>? arguments)
    {
        var node = new JsonObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
            node[name] = value is null ? null : JsonSerializer.SerializeToNode(value, McpJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
        return node;
    }

    private static RemoteCallUpdate ProgressOf(JsonObject told) => new()
    {
        State = JobState.Running, Progress = RemoteTasks.Number(told, "progress"), Total = RemoteTasks.Number(told, "total"),
        Message = RemoteTasks.Text(told, "message"),
    };
}
