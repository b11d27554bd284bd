using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Tells a session of 2025-11-25 what becomes of the tasks that were made in it: each new status and, where the call brought a token for it,
/// progress. One loop says both, so that none of it comes after the end.
/// </summary>
internal sealed class LegacyTaskNews(IJobClient jobs, TimeProvider time)
{
    private const string StatusNotification = "notifications/tasks/status";

    /// <summary>Tells the client of a call of its task, once it was answered.</summary>
    public void Follow(Job job, RequestContext<CallToolRequestParams> call)
    {
        var context = call.JsonRpcRequest.Context;
        // Without a session there is no way to a client that was answered.
        if (context is null || (context.RelatedTransport is not null && call.Server.SessionId is null)) return;
        var token = (call.JsonRpcRequest.Params as JsonObject)?["_meta"] is JsonObject meta ? meta["progressToken"]?.DeepClone() : null;
        var exchange = new LegacyExchange(RequestMethods.ToolsCall, call.Server).NoteOn(context);
        exchange.Afterwards = () => Begin(job, call.Server, token);
    }

    private void Begin(Job job, McpServer session, JsonNode? token)
    {
        // What the request has with it must not last as long as its task.
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _ = TellAsync(job, session, token);
    }

    private async Task TellAsync(Job job, McpServer session, JsonNode? token)
    {
        string told = TaskWords.Working;
        double progress = double.NegativeInfinity;
        try
        {
            // The job may have changed while its client was answered.
            await foreach (var seen in jobs.WatchAsync(job.Id, job.Version - 1))
            {
                var task = LegacyTask.Of(seen, time.GetUtcNow(), session.ClientCapabilities);
                if (token is not null && !LegacyTask.HasEnded(seen) && seen.Progress is { } now && now.Current > progress)
                {
                    progress = now.Current;
                    var news = Write(seen, now, token);
                    await session.SendMessageAsync(new JsonRpcNotification { Method = NotificationMethods.ProgressNotification, Params = news });
                }
                if (task.Status != told)
                {
                    told = task.Status;
                    var status = JsonSerializer.SerializeToNode(task, TaskJson.Default.LegacyTask);
                    await session.SendMessageAsync(new JsonRpcNotification { Method = StatusNotification, Params = status });
                }
                if (LegacyTask.HasEnded(seen)) return;
            }
        }
        catch (Exception)
        {
            // The session is over, or the store is away: a client that asks for the task is told.
        }
    }

    private static JsonObject Write(Job job, JobProgress progress, JsonNode token)
    {
        var parameters = new JsonObject { ["progressToken"] = token.DeepClone(), ["progress"] = progress.Current };
        if (progress.Total is { } total) parameters["total"] = total;
        if (progress.Message is { } message) parameters["message"] = message;
        return RelatedTask.Mark(parameters, job.Id);
    }
}
