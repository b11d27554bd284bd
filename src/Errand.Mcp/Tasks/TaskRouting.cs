using ModelContextProtocol;
using ModelContextProtocol.Server;
using RawHandler = System.Func<ModelContextProtocol.Protocol.JsonRpcRequest, System.Threading.CancellationToken,
    System.Threading.Tasks.ValueTask<System.Text.Json.Nodes.JsonNode?>>;

namespace Errand.Mcp;

/// <summary>Both generations of tasks have requests of the same names: each is answered in the words of the revision that it was sent in.</summary>
internal static class TaskRouting
{
    /// <summary>The requests about tasks that a server answers.</summary>
    /// <param name="tasks">Those of 2026-07-28, once one comes.</param>
    /// <param name="legacy">Those of 2025-11-25, once one comes.</param>
    /// <param name="results">That of 2025-11-25 which waits, once it comes.</param>
    public static IEnumerable<McpServerRequestHandler> Handlers(
        Func<TaskRequests> tasks, Func<LegacyTaskRequests> legacy, Func<LegacyTaskResults> results) =>
    [
        Handler("tasks/get", (request, token) => tasks().GetAsync(request, token), (request, token) => legacy().GetAsync(request, token)),
        Handler("tasks/cancel", (request, token) => tasks().CancelAsync(request, token), (request, token) => legacy().CancelAsync(request, token)),
        Handler("tasks/update", (request, token) => tasks().UpdateAsync(request, token), null),
        Handler("tasks/result", null, (request, token) => results().AwaitAsync(request, token)),
        Handler("tasks/list", null, (request, token) => legacy().ListAsync(request, token)),
    ];

    private static McpServerRequestHandler Handler(string method, RawHandler? current, RawHandler? legacy) => new()
    {
        // Only the later revision has headers to route by; there, what is only of the other must not be there at all, whatever its headers.
        Method = method, RoutingNameParameter = current is null ? null : "taskId",
        Handler = async (request, cancellationToken) =>
        {
            string? version = LegacyExchange.VersionOf(request.Context);
            var handler = ClientEras.DescribesEachRequest(version) ? current : version == ClientEras.LegacyTasks ? legacy : null;
            if (handler is null)
                throw new McpProtocolException($"The method '{method}' is not part of this revision of the protocol.", McpErrorCode.MethodNotFound);
            try { return await handler(request, cancellationToken); }
            catch (JobException e) { throw TaskRules.ProblemOf(e); }
        },
    };
}
