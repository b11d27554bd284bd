using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// The server as a deferrable call sees it: what the tool tells its client reaches the job, too, and goes on reaching it when the client is
/// no longer there. The request's own way back must not be used once the request was answered.
/// </summary>
internal sealed class CallServer(McpServer server, ToolCall call) : McpServer
{
    public override string? SessionId => server.SessionId;

    public override string? NegotiatedProtocolVersion => server.NegotiatedProtocolVersion;

    // A server without sessions knows only what this request says.
    public override ClientCapabilities? ClientCapabilities => server.ClientCapabilities ?? call.Request.JsonRpcRequest.Context?.ClientCapabilities;

    public override Implementation? ClientInfo => server.ClientInfo ?? call.Request.JsonRpcRequest.Context?.ClientInfo;

    public override McpServerOptions ServerOptions => server.ServerOptions;

    public override IServiceProvider? Services => server.Services;

    [Obsolete("As in the protocol.", DiagnosticId = "MCP9005")]
    public override LoggingLevel? LoggingLevel => server.LoggingLevel;

    public override bool IsMrtrSupported => server.IsMrtrSupported;

    public override ValueTask DisposeAsync() => server.DisposeAsync();

    public override IAsyncDisposable RegisterNotificationHandler(string method, Func<JsonRpcNotification, CancellationToken, ValueTask> handler) =>
        server.RegisterNotificationHandler(method, handler);

    public override Task RunAsync(CancellationToken cancellationToken = default) => server.RunAsync(cancellationToken);

    public override Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) =>
        call.TellAsync(message, cancellationToken);

    public override Task<JsonRpcResponse> SendRequestAsync(JsonRpcRequest request, CancellationToken cancellationToken = default) =>
        call.IsAttended
            ? server.SendRequestAsync(request, cancellationToken)
            : throw new McpException(
                $"The client cannot be asked for '{request.Method}': the call was handed over, and its client is no longer there.");
}
