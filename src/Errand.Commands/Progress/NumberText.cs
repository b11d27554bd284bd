using System.Buffers;
using System.Buffers.Text;

namespace Errand.Commands;

/// <summary>Numbers as programs write them into lines for people: <c>42</c>, <c>42.5</c>, <c>42,5</c>, <c>1,000</c>.</summary>
internal static class NumberText
{
    private const int MaxLength = 20;
    private const int GroupLength = 3;

    public static SearchValues<byte> Bytes { get; } = SearchValues.Create("0123456789.,"u8);

    /// <summary>Reads a number that ends right before a place.</summary>
    public static bool TryReadBefore(ReadOnlySpan<byte> text, int end, out int start, out double value)
    {
        start = text[..end].LastIndexOfAnyExcept(Bytes) + 1;
        // A row of dots, as in "..10%..20%", is no part of the number.
        int marks = text[start..end].IndexOfAnyExceptInRange((byte)',', (byte)'.');
        if (marks > 1) start += marks;
        return TryRead(text[start..end], out value);
    }

    /// <summary>Reads a number that starts at a place. A dot or a comma after it belongs to the sentence.</summary>
    public static bool TryReadAfter(ReadOnlySpan<byte> text, int start, out int end, out double value)
    {
        int length = text[start..].IndexOfAnyExcept(Bytes);
        var number = (length < 0 ? text[start..] : text.Slice(start, length)).TrimEnd(".,"u8);
        end = start + number.Length;
        return TryRead(number, out value);
    }

    private static bool TryRead(ReadOnlySpan<byte> number, out double value)
    {
        value = 0;
        if (number.IsEmpty || number.Length > MaxLength || !char.IsAsciiDigit((char)number[0])) return false;
        Span<byte> plain = stackalloc byte[MaxLength];
        int length = 0;
        bool grouped = IsGrouped(number);
        foreach (byte b in number)
            if (b != ',') plain[length++] = b;
            else if (!grouped) plain[length++] = (byte)'.';
        return Utf8Parser.TryParse(plain[..length], out value, out int used) && used == length;
    }

    // 1,000 is a thousand; 42,5 is a little over 42.
    private static bool IsGrouped(ReadOnlySpan<byte> number)
    {
        int comma = number.IndexOf((byte)',');
        if (comma is < 0 or > GroupLength) return false;
        var whole = number.IndexOf((byte)'.') is >= 0 and var dot ? number[..dot] : number;
        for (int at = whole.Length - 1 - GroupLength; at > comma; at -= GroupLength + 1)
            if (whole[at] != ',') return false;
        return (whole.Length - comma) % (GroupLength + 1) == 0;
    }
}
