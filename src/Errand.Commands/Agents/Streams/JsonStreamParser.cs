using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Errand.Commands;

/// <summary>A stream of JSON objects, one a line, each with a <c>type</c>.</summary>
internal abstract class JsonStreamParser : AgentStreamParser
{
    private const int MaxRawBytes = 16 * 1024;

    public sealed override void Read(ReadOnlySpan<byte> line, ICollection<AgentEvent> events)
    {
        if (line.IsEmpty || IsBlank(line)) return;
        // What a tool gives back may hold any bytes, and not every CLI minds them.
        if (!Utf8.IsValid(line)) line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
        if (TryRead(line, events)) return;
        Flush(events);
        events.Add(AgentMessage.Raw(TextOf(line)));
    }

    /// <summary>Reads an object.</summary>
    /// <returns>Whether it is known.</returns>
    protected abstract bool Read(string type, JsonElement root, ICollection<AgentEvent> events);

    /// <summary>Gives what is held back, because something else comes.</summary>
    protected virtual void Flush(ICollection<AgentEvent> events) { }

    private bool TryRead(ReadOnlySpan<byte> line, ICollection<AgentEvent> events)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document)) return false;
            using (document)
            {
                bool isWhole = IsBlank(line[(int)reader.BytesConsumed..]);
                return isWhole && document.RootElement.Text("type") is { } type && Read(type, document.RootElement, events);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A CLI that dies leaves half a line, some write warnings between the lines, and a name may hold half a surrogate pair.
            return false;
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') < 0;

    private static string TextOf(ReadOnlySpan<byte> line) => line.Length <= MaxRawBytes
        ? Encoding.UTF8.GetString(line).TrimEnd('\r')
        : $"{Encoding.UTF8.GetString(line[..MaxRawBytes])}… ({line.Length:N0} bytes)";
}
