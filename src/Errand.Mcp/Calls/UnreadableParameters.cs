using System.Text.Json;
using System.Text.Json.Nodes;
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
            throw Refusal(context, $"do not have the form that it takes (at {e.Path})");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException
            && context.JsonRpcMessage is JsonRpcRequest { Params: { } given } && !CanBeRead(given))
        {
            throw Refusal(context, "cannot be read: a name is repeated in an object, or a text is not Unicode");
        }
    };

    private static McpProtocolException Refusal(MessageContext context, string why) =>
        new($"The params of '{((JsonRpcRequest)context.JsonRpcMessage).Method}' {why}.", McpErrorCode.InvalidParams);

    // Objects and texts are read when they are looked at, and may turn out to be none; only what went wrong is looked at as a whole.
    private static bool CanBeRead(JsonNode given)
    {
        try
        {
            Read(given);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException) { return false; }
    }

    private static void Read(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, value) in members) Read(value);
                break;
            case JsonArray items:
                foreach (var item in items) Read(item);
                break;
            case JsonValue value:
                value.TryGetValue(out string? _);
                break;
        }
    }
}
