using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Errand.Mcp;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Mcp;

/// <summary>A request that is not served, and why: a status for those who look no further, and a JSON-RPC error.</summary>
internal sealed record McpRefusal(int Status, int Code, string Message, JsonNode? Details = null)
{
    /// <summary>What JSON-RPC leaves to servers; clients know this one for what has nothing to do with the message itself.</summary>
    private const int ServerError = -32000;
    private const int NoSuchSession = -32001;
    private static readonly JsonTypeInfo<JsonRpcError> ErrorType = McpNodes.TypeOf<JsonRpcError>();

    public static McpRefusal UnknownOrigin { get; } = new(StatusCodes.Status403Forbidden, ServerError,
        "The request comes from a page of another site, which the application does not list.");

    public static McpRefusal OnlyPost { get; } = new(StatusCodes.Status405MethodNotAllowed, ServerError,
        "There are no sessions, nor streams and ends of them: post subscriptions/listen to hear of changes.");

    public static McpRefusal NotAcceptable { get; } = new(StatusCodes.Status406NotAcceptable, ServerError,
        "The request must accept application/json and text/event-stream: list both in the header Accept.");

    public static McpRefusal StreamNotAcceptable { get; } = new(StatusCodes.Status406NotAcceptable, ServerError,
        "The answer is a stream: list text/event-stream in the header Accept.");

    public static McpRefusal NotJson { get; } = new(StatusCodes.Status415UnsupportedMediaType, ServerError,
        "The body must be JSON: send it with Content-Type: application/json.");

    public static McpRefusal HalfCharacter { get; } = new(StatusCodes.Status400BadRequest, (int)McpErrorCode.InvalidRequest,
        "A text in the message is not Unicode: it has one of a pair of surrogates (\\uD800 to \\uDFFF) without the other.");

    public static McpRefusal SessionMissing { get; } = new(StatusCodes.Status400BadRequest, ServerError,
        "The request names no session: send initialize first, and its answer's Mcp-Session-Id with each request after it.");

    public static McpRefusal SessionUnknown { get; } = new(StatusCodes.Status404NotFound, NoSuchSession,
        "There is no such session; it may have ended. Send initialize, without Mcp-Session-Id, to begin another.");

    public static McpRefusal SessionBegun { get; } = new(StatusCodes.Status400BadRequest, (int)McpErrorCode.InvalidRequest,
        "This session is initialised. Send initialize without Mcp-Session-Id to begin another.");

    public static McpRefusal TooManySessions { get; } = new(StatusCodes.Status503ServiceUnavailable, ServerError,
        "There are as many sessions as the server may have. Try again later.");

    public static McpRefusal ShuttingDown { get; } = new(StatusCodes.Status503ServiceUnavailable, ServerError,
        "The server is shutting down. Try again later.");

    public static McpRefusal UnknownHost(string? host) => new(StatusCodes.Status403Forbidden, ServerError,
        $"This server is not known as '{host}'; its application lists the names that it has.");

    public static McpRefusal TooLarge(long limit) => new(StatusCodes.Status413PayloadTooLarge, ServerError,
        $"The body has more than {limit:N0} bytes, the most that is read here.");

    public static McpRefusal Bad(McpErrorCode code, string message, JsonNode? details = null) =>
        new(StatusCodes.Status400BadRequest, (int)code, message, details);

    public static McpRefusal Unreadable(McpErrorCode code, Exception problem) =>
        Bad(code, $"The params of the message cannot be read: {problem.Message}");

    /// <summary>Sends it.</summary>
    /// <param name="context">To whom.</param>
    /// <param name="message">The message that is refused, if it could be read: its answer must bear its id.</param>
    public Task WriteAsync(HttpContext context, JsonRpcMessage? message = null)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = "30";
        var error = new JsonRpcErrorDetail { Code = Code, Message = Message, Data = Details?.DeepClone() };
        return response.WriteAsJsonAsync(new JsonRpcError { Id = message is JsonRpcRequest { Id: var id } ? id : default, Error = error }, ErrorType);
    }
}
