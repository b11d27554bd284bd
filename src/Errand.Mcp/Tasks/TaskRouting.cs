using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>Both generations of tasks have requests of the same names: each is answered in the words of the revision that it was sent in.</summary>
internal static class TaskRouting
{
    /// <summary>The requests about tasks that a server answers.</summary>
    /// <param name="tasks">Those of 2026-07-28, once one comes.</param>
    /// <param name="legacy">Those of 2025-11-25, once one comes.</param>
    public static IEnumerable<McpServerRequestHandler> Handlers(Func<TaskRequests> tasks, Func<LegacyTaskRequests> legacy) =>
    [
        Handler("tasks/get", (request, token) => tasks().GetAsync(request, token), (request, token) => legacy().GetAsync(request, token)),
        Handler("tasks/cancel", (request, token) => tasks().CancelAsync(request, token), (request, token) => legacy().CancelAsync(request, token)),
        Handler("tasks/update", (request, token) => tasks().UpdateAsync(request, token), null),
    ];

    private static McpServerRequestHandler Handler(
        string method, Func<JsonRpcRequest, CancellationToken, ValueTask<JsonNode?>>? current, Func<JsonRpcRequest, CancellationToken, ValueTask<JsonNode?>>? legacy) => new()
    {
        Method = method, RoutingNameParameter = "taskId",
        Handler = (request, cancellationToken) =>
        {
            var handler = ClientEras.DescribesEachRequest(request.Context?.ProtocolVersion) ? current : legacy;
            return handler is not null
                ? handler(request, cancellationToken)
                : throw new McpProtocolException($"The method '{method}' is not part of this revision of the protocol.", McpErrorCode.MethodNotFound);
        },
    };
}
