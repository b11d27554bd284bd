using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

// What the tool tells while it runs.
internal sealed partial class ToolCall
{
    private const string OwnToken = "errand";
    private Heartbeat? _heartbeat;

    /// <summary>Lets the waiting client hear that the call lives, if it asked for progress.</summary>
    public void BeatWith(ErrandMcpOptions options, TimeProvider time) => _heartbeat = Heartbeat.For(Request.Server, _clientsToken, options, time);

    /// <summary>Its client waits no longer.</summary>
    public void StopBeating() => _heartbeat?.Dispose();

    /// <summary>Something that the tool tells its client: the job hears of it, and the client while it waits.</summary>
    public Task TellAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        if (message is JsonRpcNotification { Params: JsonObject parameters } notification)
        {
            if (notification.Method == NotificationMethods.ProgressNotification && IsOurs(parameters["progressToken"]))
                return ReportAsync(notification, parameters, cancellationToken);
            if (notification.Method == NotificationMethods.LoggingMessageNotification) Log(parameters);
        }
        return IsAttended ? ForwardAsync(message, cancellationToken) : Task.CompletedTask;
    }

    private bool IsOurs(JsonNode? token) =>
        token is JsonValue value && (value.TryGetValue(out string? text) ? text : value.ToString()) is { } name
            && name == (_clientsToken?.ToString() ?? OwnToken);

    private Task ReportAsync(JsonRpcNotification notification, JsonObject parameters, CancellationToken cancellationToken)
    {
        double current = Number(parameters["progress"]) ?? 0;
        string? message = parameters["message"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        _job!.Report(current, Number(parameters["total"]), message);
        if (_clientsToken is null || !IsAttended) return Task.CompletedTask;
        if (_heartbeat is not { } heartbeat) return ForwardAsync(notification, cancellationToken);
        return heartbeat.TellAsync(current, value =>
        {
            // After a heartbeat has gone ahead, the next value must not fall behind it.
            if (value > current) parameters["progress"] = value;
            return ForwardAsync(notification, cancellationToken);
        });
    }

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) ? number : null;

    private void Log(JsonObject parameters)
    {
        string level = parameters["level"]?.ToString() ?? "info", text = parameters["data"]?.ToString() ?? "";
        _job!.Log($"{level}: {(parameters["logger"] is { } logger ? $"{logger}: " : "")}{text}");
    }

    private async Task ForwardAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        try { await Request.Server.SendMessageAsync(message, cancellationToken); }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its client has gone, or was answered just now; that is no reason for the work to end.
        }
    }
}
