using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>The server as a tool sees it that runs without the client who called it.</summary>
internal sealed class DetachedServer(McpServerOptions options, IServiceProvider services, string? version) : McpServer
{
    public override string? SessionId => null;

    public override string? NegotiatedProtocolVersion => version;

    public override ClientCapabilities? ClientCapabilities => null;

    public override Implementation? ClientInfo => null;

    public override McpServerOptions ServerOptions => options;

    public override IServiceProvider? Services => services;

    [Obsolete("As in the protocol.", DiagnosticId = "MCP9005")]
    public override LoggingLevel? LoggingLevel => null;

    public override Task RunAsync(CancellationToken cancellationToken = default) => throw NoClient();

    public override Task<JsonRpcResponse> SendRequestAsync(JsonRpcRequest request, CancellationToken cancellationToken = default) => throw NoClient();

    public override Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override IAsyncDisposable RegisterNotificationHandler(string method, Func<JsonRpcNotification, CancellationToken, ValueTask> handler) =>
        throw NoClient();

    public override ValueTask DisposeAsync() => default;

    private static McpException NoClient() => new("This call runs without the client that made it.");
}
