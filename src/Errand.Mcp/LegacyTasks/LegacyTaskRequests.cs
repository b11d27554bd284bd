using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The requests about tasks of 2025-11-25 that are answered at once.</summary>
internal sealed class LegacyTaskRequests(IJobClient jobs, TaskRules rules, TimeProvider time)
{
    private const int PageSize = 50;

    public async ValueTask<JsonNode?> GetAsync(JsonRpcRequest request, CancellationToken cancellationToken) =>
        Write(request, await rules.LookAsync(request, cancellationToken));

    public async ValueTask<JsonNode?> CancelAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var job = await rules.FindAsync(request, cancellationToken);
        if (!LegacyTask.HasEnded(job))
        {
            var reply = await jobs.CancelAsync(job.Id, TaskRules.ByClient, CancellationToken.None);
            // It may have been removed meanwhile.
            job = reply.Job ?? await rules.FindAsync(request, cancellationToken);
            if (reply.Answer is StopAnswer.Cancelled or StopAnswer.Cancelling) return Write(request, job);
        }
        string status = LegacyTask.Of(job, time.GetUtcNow(), null).Status;
        throw new McpProtocolException($"Task '{job.Id}' is already {status}, and stays so.", McpErrorCode.InvalidParams);
    }

    public async ValueTask<JsonNode?> ListAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var caller = rules.CallerOf(request);
        if (!caller.IsKnown)
        {
            throw new McpProtocolException(
                "Tasks are listed only to clients that authenticate; others use the ids they have.", McpErrorCode.MethodNotFound);
        }
        var page = await jobs.ListAsync(new() { Owner = caller.Owner, Limit = PageSize, After = CursorOf(request) }, cancellationToken);
        var answer = new JsonObject { ["tasks"] = new JsonArray([.. page.Items.Select(job => Write(request, job))]) };
        if (page.Next is { } next) answer["nextCursor"] = next.ToString();
        return answer;
    }

    private static JobId? CursorOf(JsonRpcRequest request)
    {
        if (request.Params is not JsonObject parameters || parameters["cursor"] is not { } cursor) return null;
        return cursor is JsonValue value && value.TryGetValue(out string? text) && JobId.TryParse(text, out var after)
            ? after
            : throw new McpProtocolException("params.cursor is not one that tasks/list has given.", McpErrorCode.InvalidParams);
    }

    private JsonNode? Write(JsonRpcRequest request, Job job)
    {
        var task = LegacyTask.Of(job, time.GetUtcNow(), LegacyExchange.Of(request.Context)?.Server.ClientCapabilities);
        return JsonSerializer.SerializeToNode(task, TaskJson.Default.LegacyTask);
    }
}
