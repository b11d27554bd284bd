using System.Globalization;
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
        string text;
        if (view.Items is { } items)
        {
            string next = view.Page < view.TotalPages ? string.Create(CultureInfo.InvariantCulture, $"; call {tool} with page {view.Page + 1} for the next") : "";
            text = string.Join('\n', items.Select(Text).Append(string.Create(CultureInfo.InvariantCulture, $"[page {view.Page} of {view.TotalPages}{next}]")));
        }
        else text = string.Create(CultureInfo.InvariantCulture, $"{Text(view.Preview!.Value)}\n[{view.PreviewSize:N0} of {view.OriginalSize:N0} bytes. {view.Next}]");
        return [new TextContentBlock { Text = text }];
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
