using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// Says in the words of 2025-11-25 what the protocol library has no words for: the capability <c>tasks</c>, and <c>execution.taskSupport</c>
/// of tools. Only sessions of that revision hear of it, and none that shakes hands hears of the extension that came later.
/// </summary>
internal sealed class LegacyMessages(ToolKinds tools, IOptions<ErrandMcpOptions> options)
{
    private const string OfTasks = "tasks/";

    /// <summary>Notes what an answer, or a handler, will need to know of its request.</summary>
    public static McpMessageHandler Incoming(McpMessageHandler next) => (context, cancellationToken) =>
    {
        if (context.JsonRpcMessage is JsonRpcRequest request && !ClientEras.DescribesEachRequest(request.Context?.ProtocolVersion)
            && (request.Method is RequestMethods.Initialize or RequestMethods.ToolsList
                || request.Method.StartsWith(OfTasks, StringComparison.Ordinal)))
            new LegacyExchange(request.Method, context.Server).NoteOn(request.Context ??= new());
        return next(context, cancellationToken);
    };

    /// <summary>Amends the answers that need it.</summary>
    public async Task AnswerAsync(LegacyExchange exchange, MessageContext context, McpMessageHandler next, CancellationToken cancellationToken)
    {
        var message = context.JsonRpcMessage;
        if (message is JsonRpcResponse { Result: JsonObject result })
        {
            if (exchange.Method == RequestMethods.Initialize) AmendCapabilities(result, message.Context);
            else if (exchange.Method == RequestMethods.ToolsList && LegacyExchange.VersionOf(message.Context) == ClientEras.LegacyTasks)
                AmendTools(result, exchange.Server.ServerOptions.ToolCollection);
        }
        await next(context, cancellationToken);
        exchange.Afterwards?.Invoke();
    }

    private void AmendCapabilities(JsonObject result, JsonRpcMessageContext? context)
    {
        if (result["capabilities"] is not JsonObject capabilities) return;
        if (capabilities["extensions"] is JsonObject extensions)
        {
            extensions.Remove(ClientEras.TasksExtension);
            if (extensions.Count == 0) capabilities.Remove("extensions");
        }
        if (result["protocolVersion"]?.ToString() != ClientEras.LegacyTasks) return;
        var tasks = new JsonObject
        {
            ["cancel"] = new JsonObject(), ["requests"] = new JsonObject { ["tools"] = new JsonObject { ["call"] = new JsonObject() } },
        };
        if (IsKnown(context)) tasks["list"] = new JsonObject();
        capabilities["tasks"] = tasks;
    }

    private bool IsKnown(JsonRpcMessageContext? context)
    {
        try { return Caller.Of(context, options.Value).IsKnown; }
        // A user without a name is refused once it asks for something.
        catch (InvalidJobException) { return false; }
    }

    private void AmendTools(JsonObject result, McpServerPrimitiveCollection<McpServerTool>? collection)
    {
        if (collection is null || result["tools"] is not JsonArray listed) return;
        foreach (var tool in listed.OfType<JsonObject>())
            if (tool["name"]?.ToString() is { } name && collection.TryGetPrimitive(name, out var primitive) && SupportOf(primitive) is { } support)
                tool["execution"] = new JsonObject { ["taskSupport"] = support };
    }

    private string? SupportOf(McpServerTool tool) =>
        ErrandToolAlias.Unwrap(tool) is JobStartingTool ? "optional"
        : tools.Of(tool) is { } deferrable ? deferrable.Policy.TaskOnly ? "required" : "optional"
        : null;
}
