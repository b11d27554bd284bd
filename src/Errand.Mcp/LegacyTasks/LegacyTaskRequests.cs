using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The requests of the tasks of 2025-11-25.</summary>
internal sealed class LegacyTaskRequests(IJobClient jobs, TaskRules rules, TimeProvider time)
{
    public async ValueTask<JsonNode?> GetAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var job = await rules.FindAsync(request, cancellationToken);
        return System.Text.Json.JsonSerializer.SerializeToNode(LegacyTask.Of(job, time.GetUtcNow()), TaskJson.Default.LegacyTask);
    }

    public async ValueTask<JsonNode?> CancelAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var job = await rules.FindAsync(request, cancellationToken);
        await jobs.CancelAsync(job.Id, "its client", CancellationToken.None);
        throw new McpProtocolException("not yet", McpErrorCode.MethodNotFound);
    }
}
