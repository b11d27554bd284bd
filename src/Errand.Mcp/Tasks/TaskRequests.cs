using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>The requests of the tasks extension of 2026-07-28.</summary>
internal sealed class TaskRequests(IJobClient jobs, TaskRules rules, TaskDetails details)
{
    public async ValueTask<JsonNode?> GetAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        TaskRules.RequireExtension(request);
        var job = await rules.LookAsync(request, cancellationToken);
        return Complete(await details.OfAsync(job, request.Context?.ClientCapabilities, cancellationToken));
    }

    public async ValueTask<JsonNode?> UpdateAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        TaskRules.RequireExtension(request);
        var job = await rules.FindAsync(request, cancellationToken);
        string owner = rules.CallerOf(request).Owner;
        if (request.Params!["inputResponses"] is JsonObject answers)
            foreach (var (key, answer) in answers)
                if (answer is not null) await jobs.TryAnswerAsync(job.Id, key, JsonSerializer.SerializeToElement(answer, McpNodes.Node), owner);
        return Complete([]);
    }

    public async ValueTask<JsonNode?> CancelAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        TaskRules.RequireExtension(request);
        var job = await rules.FindAsync(request, cancellationToken);
        // What has ended already stays as it is, and that is no error here.
        await jobs.CancelAsync(job.Id, TaskRules.ByClient, CancellationToken.None);
        return Complete([]);
    }

    private static JsonObject Complete(JsonObject answer)
    {
        answer["resultType"] = "complete";
        return answer;
    }
}
