using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// What the filters of messages and the handler of a request tell each other by way of the message: a handler of raw requests is given no
/// server, and an answer does not say which request it belongs to.
/// </summary>
internal sealed class LegacyExchange(string method, McpServer server)
{
    private const string Key = "errand.legacyExchange";

    /// <summary>The method of the request.</summary>
    public string Method => method;

    /// <summary>The way back to the client, on the stream of this request.</summary>
    public McpServer Server => server;

    /// <summary>What follows once the client was answered.</summary>
    public Action? Afterwards { get; set; }

    /// <summary>What was noted on a message, if anything was.</summary>
    public static LegacyExchange? Of(JsonRpcMessageContext? context) =>
        context?.Items is { } items && items.TryGetValue(Key, out object? noted) ? noted as LegacyExchange : null;

    /// <summary>The revision that a request was sent in.</summary>
    public static string? VersionOf(JsonRpcMessageContext? context) => context?.ProtocolVersion ?? Of(context)?.Server.NegotiatedProtocolVersion;

    /// <summary>Notes it on a message and, with that, on the answer.</summary>
    public LegacyExchange NoteOn(JsonRpcMessageContext context)
    {
        (context.Items ??= new Dictionary<string, object?>())[Key] = this;
        return this;
    }
}
