using System.Text.Json;
using System.Threading.Channels;
using Errand.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>Hands a message that was posted to a server, and its answers to the client.</summary>
internal sealed class McpExchange(McpServers servers, IHostApplicationLifetime lifetime)
{
    /// <summary>A request by itself, of the revision in which a client that goes away wants its call to be cancelled.</summary>
    public async Task ServeAsync(HttpContext context, JsonRpcMessage message)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await ServeAsync(context, message, first => ChooseStatus(context.Response, first), ended.Token);
    }

    /// <summary>
    /// A request by itself, of the revisions in which connections break without meaning anything by it: its work goes on to its end.
    /// </summary>
    public Task ServeLegacyAsync(HttpContext context, JsonRpcMessage message)
    {
        CallerPresence.Note(message.Context!, context.RequestAborted);
        return ServeAsync(context, message, null, lifetime.ApplicationStopping);
    }

    /// <summary>A request within a session, in which its work goes on when the connection breaks.</summary>
    public static async Task ServeAsync(
        HttpContext context, JsonRpcMessage message, McpSession session, Func<JsonRpcMessage?, ValueTask>? starting = null)
    {
        CallerPresence.Note(message.Context!, context.RequestAborted);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Ended);
        try { await AnswerAsync(context, message, session.Transport, starting, ended.Token); }
        // The session has ended meanwhile.
        catch (Exception e) when (session.Ended.IsCancellationRequested
            && e is ChannelClosedException or ObjectDisposedException or OperationCanceledException)
        {
            if (!context.Response.HasStarted) await McpRefusal.SessionUnknown.WriteAsync(Reset(context), message);
        }
    }

    /// <summary>Makes a response ready to be a stream.</summary>
    public static void PrepareStream(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // A proxy that gathers the stream would keep back its beginning.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task ServeAsync(HttpContext context, JsonRpcMessage message, Func<JsonRpcMessage?, ValueTask>? starting, CancellationToken ended)
    {
        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var server = servers.ForRequest(transport, context.RequestServices);
        var running = server.RunAsync(ended);
        await AnswerAsync(context, message, transport, starting, ended);
        await transport.DisposeAsync();
        await running;
    }

    private static async Task AnswerAsync(
        HttpContext context, JsonRpcMessage message, StreamableHttpServerTransport transport, Func<JsonRpcMessage?, ValueTask>? starting,
        CancellationToken ended)
    {
        PrepareStream(context.Response);
        try
        {
            if (await transport.HandlePostRequestAsync(message, context.Response.Body, starting, ended)) return;
            context.Response.ContentType = null;
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        // The transport itself reads what a client says of itself.
        catch (JsonException e) when (!context.Response.HasStarted)
        {
            await McpRefusal.Unreadable(McpErrorCode.InvalidParams, e).WriteAsync(Reset(context), message);
        }
    }

    private static HttpContext Reset(HttpContext context)
    {
        context.Response.Headers.Remove("X-Accel-Buffering");
        return context;
    }

    // The newest revision wants some errors to be seen by those who look at the status only.
    private static ValueTask ChooseStatus(HttpResponse response, JsonRpcMessage? first)
    {
        if (first is JsonRpcError { Error.Code: var code } && !response.HasStarted)
            response.StatusCode = (McpErrorCode)code switch
            {
                McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
                McpErrorCode.MissingRequiredClientCapability or McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.HeaderMismatch =>
                    StatusCodes.Status400BadRequest,
                _ => response.StatusCode,
            };
        return ValueTask.CompletedTask;
    }
}
