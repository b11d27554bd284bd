using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Tells a client that the parameters of its request do not have the form that the method takes. The protocol library would call it an error of
/// the server, and not say which.
/// </summary>
internal static class UnreadableParameters
{
    public static McpMessageHandler Refuse(McpMessageHandler next) => async (context, cancellationToken) =>
    {
        try { await next(context, cancellationToken); }
        // What is read as a type knows its place in the JSON; only that is told, for the rest is about the server's insides.
        catch (JsonException e) when (e.Path is not null && context.JsonRpcMessage is JsonRpcRequest)
        {
            string method = ((JsonRpcRequest)context.JsonRpcMessage).Method;
            throw new McpProtocolException($"The params of '{method}' do not have the form that it takes (at {e.Path}).", McpErrorCode.InvalidParams);
        }
    };
}
