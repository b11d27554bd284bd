using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What a server tells of one task, where it grants to tell it.</summary>
internal sealed class TaskNews(string id, ErrandMcpClientOptions options) : IAsyncDisposable
{
    // Only the latest is of use: a task is told as a whole.
    private readonly Channel<JsonObject?> _news =
        Channel.CreateBounded<JsonObject?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private McpClient? _client;
    private CancellationTokenSource? _listening;
    private IAsyncDisposable[] _handlers = [];
    private volatile bool _granted;

    /// <summary>Whether the server has said that it tells.</summary>
    public bool IsGranted => _granted;

    /// <summary>Asks the server to tell, once for each connection.</summary>
    public async ValueTask ListenToAsync(McpClient client)
    {
        if (ReferenceEquals(client, _client)) return;
        await LeaveAsync();
        _client = client;
        _listening = new();
        _handlers =
        [
            client.RegisterNotificationHandler(NotificationMethods.SubscriptionsAcknowledgedNotification, (notification, _) =>
            {
                if (Acknowledges(notification.Params)) _granted = true;
                return default;
            }),
            client.RegisterNotificationHandler("notifications/tasks", (notification, _) =>
            {
                if (notification.Params is JsonObject task && RemoteTasks.Text(task, "taskId") == id) _news.Writer.TryWrite(task);
                return default;
            }),
        ];
        _ = ListenAsync(client, _listening.Token);
    }

    /// <summary>The task as it was told next; none where the time is over first, or nothing more is told.</summary>
    public async ValueTask<JsonObject?> NextAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(wait, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try { return await _news.Reader.ReadAsync(either.Token); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => LeaveAsync();

    private async Task ListenAsync(McpClient client, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject
        {
            ["notifications"] = new JsonObject { ["taskIds"] = new JsonArray(JsonValue.Create(id)) }, ["_meta"] = RemoteTasks.Declared(),
        };
        try { await client.SendRequestAsync(RemoteTasks.Request(RequestMethods.SubscriptionsListen, parameters), cancellationToken); }
        catch (Exception)
        {
            // Refused, or cut off: from now on the task is asked for.
        }
        if (!ReferenceEquals(client, Volatile.Read(ref _client)) || !_granted) return;
        _granted = false;
        _news.Writer.TryWrite(null);
    }

    private bool Acknowledges(JsonNode? parameters) =>
        parameters?["notifications"] is JsonObject granted && granted["taskIds"] is JsonArray ids && ids.Any(each => each?.ToString() == id);

    private async ValueTask LeaveAsync()
    {
        _client = null;
        _granted = false;
        foreach (var handler in _handlers) await handler.DisposeAsync();
        _handlers = [];
        _listening?.Cancel();
        _listening?.Dispose();
        _listening = null;
    }
}
