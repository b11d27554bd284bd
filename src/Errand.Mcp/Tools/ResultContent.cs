using System.Globalization;
using System.Text;
using System.Text.Json;
using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>A result, or a part of one, as the content of an answer.</summary>
internal static class ResultContent
{
    // Images and sound cost no text, and are of no use in pieces.
    private const int LargestMedia = 4 << 20;

    /// <summary>All of it: a tool's own blocks as it answered them.</summary>
    public static IList<ContentBlock> Whole(JobAnswer answer) => answer.OfTool is { Content.Count: > 0 } tool
        ? [.. tool.Content.Select(block => MediaOf(block) > LargestMedia ? LeftOut(block) : block)]
        : [new TextContentBlock { Text = answer.Text }];

    /// <summary>A preview or a page, how much more there is, and how to get it.</summary>
    /// <param name="view">The part.</param>
    /// <param name="tool">What to call for more.</param>
    public static IList<ContentBlock> Part(WireResult view, string tool)
    {
        var text = new StringBuilder();
        if (view.Items is { } items)
        {
            foreach (var item in items) text.Append(Text(item)).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"[page {view.Page} of {view.TotalPages}");
            if (view.Page < view.TotalPages) text.Append(CultureInfo.InvariantCulture, $"; call {tool} with page {view.Page + 1} for the next");
            text.Append(']');
        }
        else
        {
            text.Append(Text(view.Preview!.Value)).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"[{view.PreviewSize:N0} of {view.OriginalSize:N0} bytes. {view.Next}]");
        }
        return [new TextContentBlock { Text = text.ToString() }];
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static long MediaOf(ContentBlock block) => block switch
    {
        ImageContentBlock image => image.Data.Length,
        AudioContentBlock audio => audio.Data.Length,
        EmbeddedResourceBlock { Resource: BlobResourceContents blob } => blob.Blob.Length,
        _ => 0,
    };

    private static TextContentBlock LeftOut(ContentBlock block) =>
        new() { Text = string.Create(CultureInfo.InvariantCulture, $"[{block.Type} of {MediaOf(block):N0} bytes in base 64 left out]") };
}
