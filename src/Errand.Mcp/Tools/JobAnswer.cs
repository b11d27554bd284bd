using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// What a job came to, as the tools that follow jobs show it: of a tool's call its own answer, without the wrapping of the protocol, and of all
/// other work its result.
/// </summary>
internal sealed record JobAnswer
{
    private const int LargestInline = 4096;
    // What it wrote is in the digest of its output already.
    private const int LargestInlineCommand = 1024;
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The result: the structured content of a tool, or its text.</summary>
    public required JsonElement Value { get; init; }

    /// <summary>The result for those who read text.</summary>
    public required string Text { get; init; }

    /// <summary>What a tool answered; none where it was no tool.</summary>
    public CallToolResult? OfTool { get; init; }

    public bool IsOfCommand { get; init; }

    /// <summary>Whether the result says that it is an error.</summary>
    public bool IsError { get; init; }

    /// <summary>How large the result is.</summary>
    public int Bytes { get; init; }

    /// <summary>Whether it is small enough to come along with other answers.</summary>
    public bool IsInline => Bytes <= (IsOfCommand ? LargestInlineCommand : LargestInline);

    /// <summary>What a job came to; none where it has no result.</summary>
    public static JobAnswer? Of(Job job, JobOutcome outcome)
    {
        if (outcome.Result.IsNone) return null;
        if (DeferrableTool.IsCall(job) && ToolResults.TryRead(outcome.Result) is { } result) return OfCall(result);
        var value = outcome.Result.ToElement();
        bool isCommand = job.Kind == CommandAnswer.Kind && value.ValueKind == JsonValueKind.Object && value.TryGetProperty("stdout", out _);
        return new()
        {
            Value = value,
            Text = isCommand ? CommandAnswer.TextOf(value) : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(),
            IsOfCommand = isCommand, IsError = !outcome.Success, Bytes = outcome.Result.Length,
        };
    }

    /// <summary>The result as a list: itself, or the one list within it; none where it is no list.</summary>
    public IReadOnlyList<JsonElement>? List()
    {
        if (Value.ValueKind == JsonValueKind.Array) return [.. Value.EnumerateArray()];
        if (Value.ValueKind != JsonValueKind.Object || Value.EnumerateObject().Count() != 1) return null;
        var only = Value.EnumerateObject().First();
        return only.Name is "result" or "items" && only.Value.ValueKind == JsonValueKind.Array ? [.. only.Value.EnumerateArray()] : null;
    }

    /// <summary>The lines of a result that is no list.</summary>
    public string[] Lines()
    {
        string text = Value.ValueKind == JsonValueKind.Object && !IsOfCommand ? IndentedText() : Text;
        return text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
    }

    private static JobAnswer OfCall(CallToolResult result)
    {
        var blocks = result.Content.Select(block => block is TextContentBlock text ? text.Text : $"[{NameOf(block)}]");
        string said = string.Join('\n', blocks);
        var value = result.StructuredContent ?? JsonSerializer.SerializeToElement(said, JobAnswerJson.Default.String);
        string shown = said.Length == 0 && result.StructuredContent is { } structured ? structured.GetRawText() : said;
        int bytes = Encoding.UTF8.GetByteCount(value.GetRawText());
        return new() { Value = value, Text = shown, OfTool = result, IsError = result.IsError == true, Bytes = bytes };
    }

    private static string NameOf(ContentBlock block) => block switch
    {
        ImageContentBlock image => $"image {image.MimeType}",
        AudioContentBlock audio => $"audio {audio.MimeType}",
        ResourceLinkBlock link => $"link {link.Uri}",
        EmbeddedResourceBlock embedded => $"resource {embedded.Resource.Uri}",
        _ => block.Type,
    };

    private string IndentedText()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) Value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
