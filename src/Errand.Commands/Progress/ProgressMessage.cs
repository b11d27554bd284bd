using System.Text;

namespace Errand.Commands;

/// <summary>A line of output as a line for people: decoded, without blanks around it and controls in it, and short.</summary>
internal static class ProgressMessage
{
    private const int MaxLength = 200;
    private const char Broken = '\uFFFD';

    /// <summary>The line, if it is not blank.</summary>
    /// <param name="line">Its bytes, or the end of them.</param>
    /// <param name="isCut">Whether its start is missing.</param>
    public static string? Read(ReadOnlySpan<byte> line, bool isCut)
    {
        line = line.Trim(" \t"u8);
        if (line.IsEmpty) return null;
        Span<char> text = stackalloc char[Encoding.UTF8.GetMaxCharCount(line.Length)];
        text = text[..Encoding.UTF8.GetChars(line, text)];
        int kept = 0;
        foreach (char c in text)
            if (!IsControl(c)) text[kept++] = c;
        // A character may be cut at either end, where the line is or where more of it is to come.
        text = text[..kept].Trim(Broken).Trim();
        if (text.IsEmpty) return null;
        if (text.Length <= MaxLength && !isCut) return new(text);
        if (isCut) return $"…{From(text, Math.Max(0, text.Length - (MaxLength - 1)))}";
        return $"{text[..(char.IsHighSurrogate(text[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1)]}…";
    }

    private static ReadOnlySpan<char> From(ReadOnlySpan<char> text, int start) => text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];

    // Those that turn the direction of writing would mix up what a list shows around them.
    private static bool IsControl(char c) => char.IsControl(c) || c is (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
