using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What a call of 2025-11-25 says of the task that it is to become.</summary>
internal static class LegacyTaskParameters
{
    public const string Name = "task";

    // A client that looks as often as it is told to must find the end of its task.
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>How long the task is kept after its end: as long as the client wishes, within limits.</summary>
    /// <param name="request">The call.</param>
    /// <param name="longest">How long it is kept at most, and where the client does not say.</param>
    /// <exception cref="McpProtocolException">The parameter is not as it must be; nothing was started.</exception>
    public static TimeSpan ReadKeepFor(JsonRpcRequest request, TimeSpan longest)
    {
        if (request.Params is not JsonObject parameters || parameters[Name] is not JsonObject task)
            throw new McpProtocolException("params.task must be an object, such as {\"ttl\": 60000}.", McpErrorCode.InvalidParams);
        if (task["ttl"] is not { } node) return longest;
        if (node is not JsonValue value || !value.TryGetValue(out double ttl) || !(ttl >= 0))
        {
            throw new McpProtocolException(
                $"params.task.ttl must be a number of milliseconds, not negative; it is {node.ToJsonString()}.", McpErrorCode.InvalidParams);
        }
        if (ttl >= longest.TotalMilliseconds) return longest;
        var wish = TimeSpan.FromMilliseconds(ttl);
        var shortest = Shortest < longest ? Shortest : longest;
        return wish > shortest ? wish : shortest;
    }
}
