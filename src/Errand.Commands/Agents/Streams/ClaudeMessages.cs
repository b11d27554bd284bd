using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Errand.Commands;

/// <summary>What Claude Code reads from its standard input with <c>--input-format stream-json</c>: one JSON object a line.</summary>
internal static class ClaudeMessages
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Prompt(string text) => Encoding.UTF8.GetString(Line(json =>
    {
        json.WriteString("type", "user");
        json.WriteStartObject("message");
        json.WriteString("role", "user");
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }).Span);

    public static ReadOnlyMemory<byte> Answer(AgentPermissionRequest request, bool allow, string? message) => Line(json =>
    {
        json.WriteString("type", "control_response");
        json.WriteStartObject("response");
        json.WriteString("subtype", "success");
        json.WriteString("request_id", request.Id);
        json.WriteStartObject("response");
        json.WriteString("behavior", allow ? "allow" : "deny");
        if (allow)
        {
            json.WritePropertyName("updatedInput");
            json.WriteRawValue(request.Input.Utf8.Span);
        }
        else json.WriteString("message", message ?? "A person has refused this.");
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
