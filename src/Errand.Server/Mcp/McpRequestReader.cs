using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Errand.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Mcp;

/// <summary>Reads the one JSON-RPC message that a request carries.</summary>
internal sealed class McpRequestReader(IOptions<McpHttpOptions> options)
{
    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType = McpNodes.TypeOf<JsonRpcMessage>();

    private readonly long _limit = options.Value.MaxRequestBytes;

    /// <summary>The message, or why there is none.</summary>
    public async ValueTask<(JsonRpcMessage? Message, McpRefusal? Refusal)> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > _limit) return (null, McpRefusal.TooLarge(_limit));
        try { return await ReadAsync(request.BodyReader, request.HttpContext.RequestAborted); }
        catch (BadHttpRequestException e)
        {
            return (null, new(e.StatusCode, (int)McpErrorCode.InvalidRequest, $"The body cannot be read: {e.Message}"));
        }
    }

    private async ValueTask<(JsonRpcMessage?, McpRefusal?)> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > _limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return (null, McpRefusal.TooLarge(_limit));
            }
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var parsed = read.Buffer.IsSingleSegment ? Parse(read.Buffer.FirstSpan) : Parse(read.Buffer.ToArray());
            reader.AdvanceTo(read.Buffer.End);
            return parsed;
        }
    }

    private static (JsonRpcMessage?, McpRefusal?) Parse(ReadOnlySpan<byte> body)
    {
        // Texts within the params are read only when they are looked at.
        if (!Utf8.IsValid(body)) return (null, McpRefusal.Bad(McpErrorCode.ParseError, "The body is not JSON: it is not UTF-8."));
        try
        {
            var message = JsonSerializer.Deserialize(body, MessageType);
            if (message is null) return (null, McpRefusal.Bad(McpErrorCode.InvalidRequest, "The body is null; it must be one JSON-RPC message."));
            return (message, HasHalfCharacter(body) ? McpRefusal.HalfCharacter : null);
        }
        catch (JsonException e) { return (null, Explain(body, e)); }
    }

    // One of a pair of surrogates by itself is let pass by the grammar of JSON, and then by nothing that reads or writes the text.
    private static bool HasHalfCharacter(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\ud"u8) < 0 && body.IndexOf("\\uD"u8) < 0) return false;
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            return false;
        }
        catch (InvalidOperationException) { return true; }
    }

    // Only what went wrong is looked at twice.
    private static McpRefusal Explain(ReadOnlySpan<byte> body, JsonException problem)
    {
        var reader = new Utf8JsonReader(body);
        var first = JsonTokenType.None;
        try
        {
            while (reader.Read()) first = first == JsonTokenType.None ? reader.TokenType : first;
        }
        catch (JsonException e)
        {
            return McpRefusal.Bad(
                McpErrorCode.ParseError, body.IsEmpty ? "The body is empty; it must be one JSON-RPC message." : $"The body is not JSON: {e.Message}");
        }
        return McpRefusal.Bad(McpErrorCode.InvalidRequest, first == JsonTokenType.StartArray
            ? "The body is a batch. Batches are not taken: send each message in a request of its own."
            : $"The body is not a JSON-RPC message: {problem.Message}");
    }
}
