using Errand.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Mcp;

/// <summary>
/// MCP over Streamable HTTP, for both of its generations. From 2026-07-28 on each request is served by itself, so that any of them may come to any
/// process; before, a client initialises a session and makes its requests within it.
/// </summary>
internal sealed class McpEndpoint(
    McpRequestReader reader, McpRequestRules rules, McpSessions sessions, McpExchange exchange, IOptions<McpHttpOptions> options)
{
    /// <summary>What there is something to say to.</summary>
    public static readonly string[] Methods = [HttpMethods.Post, HttpMethods.Get, HttpMethods.Delete];

    /// <summary>Answers a request, whoever it comes from.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            string method = context.Request.Method;
            await (HttpMethods.IsPost(method) ? PostAsync(context) : HttpMethods.IsGet(method) ? GetAsync(context) : DeleteAsync(context));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more to be answered.
        }
        catch (OperationCanceledException) when (!context.Response.HasStarted) { await McpRefusal.ShuttingDown.WriteAsync(context); }
    }

    private async Task PostAsync(HttpContext context)
    {
        if (CheckMedia(context.Request) is { } unfit)
        {
            await unfit.WriteAsync(context);
            return;
        }
        var (message, unreadable) = await reader.ReadAsync(context.Request);
        var refusal = unreadable ?? rules.Check(context.Request.Headers, message!);
        await (refusal is null ? ServeAsync(context, message!) : refusal.WriteAsync(context, message));
    }

    private Task ServeAsync(HttpContext context, JsonRpcMessage message)
    {
        string version = context.Request.Headers[McpHeaders.Version].ToString();
        message.Context = new() { User = context.User, ProtocolVersion = version.Length > 0 ? version : null };
        if (ClientEras.DescribesEachRequest(version)) return exchange.ServeAsync(context, message);
        if (!options.Value.Sessions) return exchange.ServeLegacyAsync(context, message);
        bool begins = message is JsonRpcRequest { Method: RequestMethods.Initialize };
        if (context.Request.Headers.ContainsKey(McpHeaders.Session)) return ServeInSessionAsync(context, message, begins, version);
        if (begins) return BeginSessionAsync(context, message);
        if (options.Value.AllowWithoutSession) return exchange.ServeLegacyAsync(context, message);
        return McpRefusal.SessionMissing.WriteAsync(context, message);
    }

    private async Task BeginSessionAsync(HttpContext context, JsonRpcMessage message)
    {
        // The revision is settled by the message itself.
        message.Context!.ProtocolVersion = null;
        if (!sessions.TryBegin(context.User, out var session))
        {
            await McpRefusal.TooManySessions.WriteAsync(context, message);
            return;
        }
        bool kept = false;
        try
        {
            await McpExchange.ServeAsync(context, message, session, first =>
            {
                // A client that is refused must not come to think that it has a session.
                if (first is JsonRpcError) return ValueTask.CompletedTask;
                kept = true;
                sessions.Keep(session);
                context.Response.Headers[McpHeaders.Session] = session.Id;
                return ValueTask.CompletedTask;
            });
        }
        finally
        {
            session.Leave();
            if (!kept) sessions.Discard(session);
            // Its headers were sent before it was refused, because that took long.
            else if (session.Server.NegotiatedProtocolVersion is null) sessions.End(session);
        }
    }

    private async Task ServeInSessionAsync(HttpContext context, JsonRpcMessage message, bool begins, string version)
    {
        if (!sessions.TryEnter(context.Request.Headers[McpHeaders.Session].ToString(), context.User, out var session))
        {
            await McpRefusal.SessionUnknown.WriteAsync(context, message);
            return;
        }
        try
        {
            var refusal = begins ? McpRefusal.SessionBegun : CheckVersion(version, session);
            await (refusal is null ? McpExchange.ServeAsync(context, message, session) : refusal.WriteAsync(context, message));
        }
        finally { session.Leave(); }
    }

    /// <summary>The stream of a session, for what the server says unasked.</summary>
    private async Task GetAsync(HttpContext context)
    {
        if (FindSession(context, out var session) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }
        try
        {
            if (!Accepts(context.Request, "text/event-stream"))
            {
                await McpRefusal.StreamNotAcceptable.WriteAsync(context);
                return;
            }
            McpExchange.PrepareStream(context.Response);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session!.Ended);
            await session.ListenAsync(context.Response.Body, over.Token);
        }
        finally { session!.Leave(); }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (FindSession(context, out var session) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }
        session!.Leave();
        sessions.End(session);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private McpRefusal? FindSession(HttpContext context, out McpSession? session)
    {
        session = null;
        string version = context.Request.Headers[McpHeaders.Version].ToString();
        if (rules.CheckVersion(version) is { } unsupported) return unsupported;
        if (ClientEras.DescribesEachRequest(version) || !options.Value.Sessions)
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return McpRefusal.OnlyPost;
        }
        string id = context.Request.Headers[McpHeaders.Session].ToString();
        if (id.Length == 0) return McpRefusal.SessionMissing;
        if (!sessions.TryEnter(id, context.User, out session)) return McpRefusal.SessionUnknown;
        if (CheckVersion(version, session) is not { } differs) return null;
        session.Leave();
        return differs;
    }

    private static McpRefusal? CheckVersion(string version, McpSession session) =>
        version.Length == 0 || session.Server.NegotiatedProtocolVersion is not { } agreed || agreed == version ? null
        : McpRefusal.Bad(McpErrorCode.InvalidRequest, $"The header {McpHeaders.Version} is '{version}', and this session has agreed on '{agreed}'.");

    private static McpRefusal? CheckMedia(HttpRequest request)
    {
        if (!Accepts(request, "application/json") || !Accepts(request, "text/event-stream")) return McpRefusal.NotAcceptable;
        var type = request.ContentType.AsSpan();
        int end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) ? null : McpRefusal.NotJson;
    }

    private static bool Accepts(HttpRequest request, string type)
    {
        foreach (string? value in request.Headers.Accept)
        {
            if (value is null) continue;
            if (value.Contains(type, StringComparison.OrdinalIgnoreCase) || value.Contains("*/*", StringComparison.Ordinal)) return true;
        }
        return false;
    }
}
