using System.Globalization;
using System.Text;
using System.Text.Json;
using Errand.Mcp.Wire;

namespace Errand.Mcp;

/// <summary>A result within a budget: all of it, a preview, or a page.</summary>
internal static class ResultView
{
    private const int HeadShare = 3;
    private const int NoteBytes = 48;

    /// <summary>All of it where that fits, else a preview.</summary>
    /// <param name="answer">The result.</param>
    /// <param name="maxBytes">How large the view may be.</param>
    /// <param name="tool">What to call for pages.</param>
    public static WireResult Whole(JobAnswer answer, int maxBytes, string tool)
    {
        var isError = answer.IsError ? true : (bool?)null;
        if (answer.Bytes <= maxBytes) return new() { Result = answer.Value, IsError = isError };
        string next = $"This is a preview. Call {tool} with page 1 for all of it, page by page, or with a larger maxBytes.";
        if (answer.List() is { Count: > 0 } items)
        {
            var sample = Sample(items, answer.Bytes, maxBytes);
            string preview = $"[{string.Join(",", sample.Select(item => item.GetRawText()))}]";
            return new()
            {
                Preview = JsonElement.Parse(preview), Strategy = "sample",
                OriginalSize = answer.Bytes, PreviewSize = Encoding.UTF8.GetByteCount(preview), TotalItems = items.Count,
                IsError = isError, Next = next,
            };
        }
        string ends = Ends(answer.Text, maxBytes);
        return new()
        {
            Preview = Text(ends), Strategy = "head_tail", OriginalSize = answer.Bytes, PreviewSize = Encoding.UTF8.GetByteCount(ends),
            TotalItems = answer.Lines().Length, IsError = isError, Next = next,
        };
    }

    /// <summary>A page of a list's items, or of lines. Past the end there are none.</summary>
    public static WireResult Page(JobAnswer answer, long page, int pageSize, int maxBytes)
    {
        var items = answer.List() ?? [.. answer.Lines().Select(Text)];
        long first = Math.Min(items.Count, (page - 1) * pageSize);
        JsonElement[] shown = [.. items.Skip((int)first).Take(pageSize)];
        long bytes = shown.Sum(item => (long)Encoding.UTF8.GetByteCount(item.GetRawText()));
        // Each gets its part of the budget, so that no item is lost between two pages.
        if (bytes > maxBytes) shown = [.. shown.Select(item => Shorten(item, maxBytes / shown.Length))];
        return new()
        {
            Items = shown, Page = page, TotalPages = (items.Count + pageSize - 1) / pageSize, TotalItems = items.Count,
            Truncated = bytes > maxBytes ? true : null, IsError = answer.IsError ? true : null,
        };
    }

    // From all over the list, for its start alone may be like nothing that follows.
    private static List<JsonElement> Sample(IReadOnlyList<JsonElement> items, int bytes, int maxBytes)
    {
        int count = Math.Clamp((int)((long)items.Count * maxBytes / bytes), 1, items.Count);
        var sample = new List<JsonElement>(count);
        int left = maxBytes - 2;
        for (int i = 0; i < count; i++)
        {
            var item = items[(int)((long)i * items.Count / count)];
            left -= Encoding.UTF8.GetByteCount(item.GetRawText()) + 1;
            if (left < 0) break;
            sample.Add(item);
        }
        if (sample.Count == 0) sample.Add(Shorten(items[0], maxBytes));
        return sample;
    }

    private static JsonElement Shorten(JsonElement item, int maxBytes)
    {
        string text = item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText();
        return Encoding.UTF8.GetByteCount(text) <= maxBytes ? item : Text(Ends(text, maxBytes));
    }

    private static string Ends(string text, int maxBytes)
    {
        var utf8 = Encoding.UTF8.GetBytes(text).AsSpan();
        if (utf8.Length <= maxBytes) return text;
        int room = Math.Max(0, maxBytes - NoteBytes);
        int head = room / HeadShare, tail = utf8.Length - (room - head);
        // A character is not cut: its later bytes begin with the bits 10.
        while (head > 0 && (utf8[head] & 0xC0) == 0x80) head--;
        while (tail < utf8.Length && (utf8[tail] & 0xC0) == 0x80) tail++;
        string note = string.Create(CultureInfo.InvariantCulture, $"\n… {tail - head:N0} bytes left out …\n");
        return Encoding.UTF8.GetString(utf8[..head]) + note + Encoding.UTF8.GetString(utf8[tail..]);
    }

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, JobAnswerJson.Default.String);
}
