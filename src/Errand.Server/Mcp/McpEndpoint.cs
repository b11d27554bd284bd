using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>
/// MCP over Streamable HTTP, without sessions: each request gets a server of its own, so that any of them may come to any process, and
/// everything that lasts is in the store.
/// </summary>
internal sealed class McpEndpoint(IOptionsFactory<McpServerOptions> options, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
{
    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType = TypeOf<JsonRpcMessage>();
    private static readonly JsonTypeInfo<JsonRpcError> ErrorType = TypeOf<JsonRpcError>();

    public async Task PostAsync(HttpContext context)
    {
        string accept = context.Request.Headers.Accept.ToString();
        if (!accept.Contains("application/json", StringComparison.OrdinalIgnoreCase) || !accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, default, StatusCodes.Status406NotAcceptable, McpErrorCode.InvalidRequest, "Accept must list application/json and text/event-stream.");
            return;
        }
        if (await ReadAsync(context) is not { } message)
        {
            await RefuseAsync(context, default, StatusCodes.Status400BadRequest, McpErrorCode.InvalidRequest, "The body is not one JSON-RPC message.");
            return;
        }
        if (McpRequestRules.Check(context.Request.Headers, message) is { } problem)
        {
            await RefuseAsync(context, message is JsonRpcRequest { Id: var id } ? id : default, StatusCodes.Status400BadRequest, problem);
            return;
        }
        await ServeAsync(context, message);
    }

    /// <summary>There is no stream but that of a request, and no session to delete.</summary>
    public static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = HttpMethods.Post;
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }

    private async Task ServeAsync(HttpContext context, JsonRpcMessage message)
    {
        string version = context.Request.Headers[McpRequestRules.VersionHeader].ToString();
        message.Context = new() { User = context.User, ProtocolVersion = version.Length > 0 ? version : null };
        // A call whose client goes, or whose server does, is told so; what becomes of its work is the tool's choice.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await using var transport = new StreamableHttpServerTransport(loggers) { Stateless = true };
        await using var server = McpServer.Create(transport, options.Create(Options.DefaultName), loggers, context.RequestServices);
        var running = server.RunAsync(ended.Token);
        PrepareStream(context.Response);
        Func<JsonRpcMessage?, ValueTask>? starting = McpVersions.DescribesEachRequest(version) ? first => ChooseStatus(context.Response, first) : null;
        bool answered = await transport.HandlePostRequestAsync(message, context.Response.Body, starting, ended.Token);
        if (!answered)
        {
            context.Response.ContentType = null;
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        await transport.DisposeAsync();
        await running;
    }

    private static async ValueTask<JsonRpcMessage?> ReadAsync(HttpContext context)
    {
        try { return await JsonSerializer.DeserializeAsync(context.Request.Body, MessageType, context.RequestAborted); }
        catch (JsonException) { return null; }
    }

    private static void PrepareStream(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // A proxy that gathers the stream would keep back its beginning.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    // The newest revision wants some errors to be seen by those who look at the status only.
    private static ValueTask ChooseStatus(HttpResponse response, JsonRpcMessage? first)
    {
        if (first is JsonRpcError { Error.Code: var code } && !response.HasStarted)
            response.StatusCode = (McpErrorCode)code switch
            {
                McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
                McpErrorCode.MissingRequiredClientCapability or McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.HeaderMismatch => StatusCodes.Status400BadRequest,
                _ => response.StatusCode,
            };
        return ValueTask.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext context, RequestId id, int status, McpErrorCode code, string message) =>
        RefuseAsync(context, id, status, new JsonRpcErrorDetail { Code = (int)code, Message = message });

    private static Task RefuseAsync(HttpContext context, RequestId id, int status, JsonRpcErrorDetail error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new JsonRpcError { Id = id, Error = error }, ErrorType);
    }

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));
}
