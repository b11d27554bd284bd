using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// <c>subscriptions/listen</c>: tells a client what becomes of the tasks that it names, and that the server's lists have changed. It takes the
/// place of the one that the protocol library brings, which knows no tasks.
/// </summary>
internal sealed class TaskSubscriptions(IJobClient jobs, TaskRules rules, TaskDetails details)
{
    private const string SubscriptionKey = "io.modelcontextprotocol/subscriptionId";
    private const string TasksNotification = "notifications/tasks";

    public async ValueTask<EmptyResult> ListenAsync(RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        var followed = await FollowedAsync(request.JsonRpcRequest, cancellationToken);
        // One at a time: what several sources say must not mix on the wire.
        var news = Channel.CreateUnbounded<JsonRpcNotification>(new() { SingleReader = true });
        using var lists = new ListChanges(request.Server.ServerOptions, request.Params.Notifications, news.Writer);
        await SendAsync(request, Acknowledgement(lists.Granted, followed), cancellationToken);
        foreach (var job in followed ?? [])
            _ = FollowAsync(job.Id, request.JsonRpcRequest.Context?.ClientCapabilities, news.Writer, cancellationToken);
        await foreach (var notification in news.Reader.ReadAllAsync(cancellationToken)) await SendAsync(request, notification, cancellationToken);
        return new();
    }

    /// <summary>The jobs that the client may hear of, among those that it names; none where it names none.</summary>
    private async ValueTask<List<Job>?> FollowedAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        if (request.Params is not JsonObject parameters || parameters["notifications"] is not JsonObject wanted) return null;
        if (wanted["taskIds"] is not JsonArray ids) return null;
        TaskRules.RequireExtension(request);
        var followed = new List<Job>();
        foreach (var id in ids)
            if (id is JsonValue value && value.TryGetValue(out string? text) && await rules.FindAsync(request, text, cancellationToken) is { } job
                && followed.TrueForAll(other => other.Id != job.Id)) followed.Add(job);
        return followed;
    }

    private async Task FollowAsync(JobId id, ClientCapabilities? client, ChannelWriter<JsonRpcNotification> news, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var job in jobs.WatchAsync(id, cancellationToken: cancellationToken))
                news.TryWrite(new() { Method = TasksNotification, Params = await details.OfAsync(job, client, cancellationToken) });
        }
        catch (OperationCanceledException)
        {
            // The client listens no longer.
        }
        catch (JobException)
        {
            // The job was removed after its time, or the store is away: whoever asks for the task is told.
        }
    }

    private static JsonRpcNotification Acknowledgement(SubscriptionsListenNotifications granted, List<Job>? followed)
    {
        var accepted = JsonSerializer.SerializeToNode(granted, McpNodes.TypeOf<SubscriptionsListenNotifications>()) as JsonObject ?? [];
        if (followed is not null) accepted["taskIds"] = new JsonArray([.. followed.Select(job => (JsonNode)job.Id.ToString())]);
        return new() { Method = NotificationMethods.SubscriptionsAcknowledgedNotification, Params = new JsonObject { ["notifications"] = accepted } };
    }

    // Clients that share a channel tell their subscriptions apart by this.
    private static Task SendAsync(
        RequestContext<SubscriptionsListenRequestParams> request, JsonRpcNotification notification, CancellationToken cancellationToken)
    {
        var parameters = notification.Params as JsonObject ?? [];
        if (parameters["_meta"] is not JsonObject meta) parameters["_meta"] = meta = [];
        meta[SubscriptionKey] = request.JsonRpcRequest.Id.Id switch
        {
            long number => JsonValue.Create(number),
            var text => JsonValue.Create(text?.ToString()),
        };
        notification.Params = parameters;
        return request.Server.SendMessageAsync(notification, cancellationToken);
    }
}
