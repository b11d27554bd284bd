using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>A call of one of Errand's own tools: what it is given, by whom, and the way back to them.</summary>
internal sealed record ErrandToolCall(RequestContext<CallToolRequestParams> Request, ToolArguments Arguments, Caller Caller)
{
    /// <summary>Tells the client that the call lives, if it asked for progress; ends when it is disposed.</summary>
    public Heartbeat? Beat(ErrandMcpOptions options, TimeProvider time) =>
        Heartbeat.For(Request.Server, Request.Params?.ProgressToken, options, time);

    /// <summary>How the call ends early: it is cancelled, or its client has gone.</summary>
    /// <param name="cancellationToken">That it is cancelled.</param>
    public CancellationTokenSource GivesUp(CancellationToken cancellationToken) =>
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CallerPresence.GoneOf(Request.JsonRpcRequest.Context));
}
