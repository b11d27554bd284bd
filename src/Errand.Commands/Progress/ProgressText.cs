using System.Buffers;

namespace Errand.Commands;

/// <summary>
/// Finds progress in a line: a percentage, or so many of so many. Numbers of another sense (dates, versions, paths, how busy a processor is)
/// look much the same, so a number counts only where it stands by itself.
/// </summary>
internal static class ProgressText
{
    private const double MaxPercent = 100;
    private const int WordLength = 12;

    private static readonly SearchValues<byte> MayPrecede = SearchValues.Create("\t ([{<>|:=#~\"'."u8);
    private static readonly SearchValues<byte> MayFollow = SearchValues.Create("\t )]}<>|:;,.!\"'"u8);
    private static readonly SearchValues<byte> Marks = SearchValues.Create("%/f"u8);
    private static readonly SearchValues<byte> BetweenWordAndNumber = SearchValues.Create("\t :=("u8);

    // What percentages are of, beside work.
    private static readonly HashSet<string> OtherSenses = new(StringComparer.OrdinalIgnoreCase)
    {
        "battery", "coverage", "cpu", "disk", "faster", "free", "full", "idle", "load", "loss", "mem", "memory", "packet", "slower", "usage", "used",
    };

    /// <summary>
    /// The progress that a line tells. A percentage goes before a fraction, so that a line with both does not jump between them; of several
    /// percentages the last counts as long as they rise (<c>10%..20%..30%</c>), else the first; of several fractions the first.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="isCut">Whether its start is missing, so that the first number may be the end of another one.</param>
    public static ProgressNumber? Find(ReadOnlySpan<byte> line, bool isCut)
    {
        double? percent = null;
        ProgressNumber? fraction = null;
        bool rising = true;
        for (int at = 0; line[at..].IndexOfAny(Marks) is >= 0 and var next; at++)
        {
            at += next;
            if (line[at] != '%') fraction ??= FractionAt(line, at, isCut);
            else if (rising && PercentAt(line, at, isCut) is { } found)
            {
                rising = percent is null || found >= percent;
                if (rising) percent = found;
                else percent = FirstPercent(line, isCut);
            }
        }
        return percent is { } value ? ProgressNumber.OfPercent(value) : fraction;
    }

    private static double? FirstPercent(ReadOnlySpan<byte> line, bool isCut)
    {
        for (int at = 0; line[at..].IndexOf((byte)'%') is >= 0 and var next; at++)
            if (PercentAt(line, at += next, isCut) is { } found) return found;
        return null;
    }

    private static double? PercentAt(ReadOnlySpan<byte> line, int sign, bool isCut)
    {
        int end = sign > 0 && line[sign - 1] == ' ' ? sign - 1 : sign;
        if (!NumberText.TryReadBefore(line, end, out int start, out double value) || value > MaxPercent) return null;
        if (!MayStart(line, start, isCut) || (sign + 1 < line.Length && IsWord(line[sign + 1]))) return null;
        return HasOtherSense(line, start, sign + 1) ? null : value;
    }

    /// <summary>At a slash, or at the end of "of".</summary>
    private static ProgressNumber? FractionAt(ReadOnlySpan<byte> line, int at, bool isCut)
    {
        int left = at, right = at + 1;
        bool inBrackets = false;
        if (line[at] == 'f')
        {
            if (at < 3 || line[at - 1] != 'o' || line[at - 2] != ' ' || right >= line.Length || line[right] != ' ') return null;
            left = at - 2;
            right++;
        }
        else if (at > 0 && line[at - 1] == ' ' && right < line.Length && line[right] == ' ')
        {
            // [420 / 1,000], as Bazel writes it. Without the brackets it could be anything.
            (left, right, inBrackets) = (at - 1, right + 1, true);
        }
        if (!NumberText.TryReadBefore(line, left, out int start, out double current) || !MayStart(line, start, isCut)) return null;
        if (inBrackets && (start == 0 || line[start - 1] is not ((byte)'[' or (byte)'('))) return null;
        if (!NumberText.TryReadAfter(line, right, out int end, out double total) || !MayEnd(line, end)) return null;
        return ProgressNumber.OfFraction(current, total);
    }

    private static bool MayStart(ReadOnlySpan<byte> line, int start, bool isCut)
    {
        if (start == 0) return !isCut;
        byte before = line[start - 1];
        // A dot is left over only from a row of them.
        return before >= 0x80 || MayPrecede.Contains(before);
    }

    private static bool MayEnd(ReadOnlySpan<byte> line, int end)
    {
        if (end == line.Length) return true;
        byte after = line[end];
        return (after >= 0x80 || MayFollow.Contains(after)) && !IsTime(line[end..]);
    }

    // "11/20 10:31:05" starts many a line of a log.
    private static bool IsTime(ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits is 1 or 2 && rest.Length > digits + 1 && rest[digits] == ':' && char.IsAsciiDigit((char)rest[digits + 1]);
    }

    private static bool HasOtherSense(ReadOnlySpan<byte> line, int start, int end)
    {
        var before = line[..start];
        before = before[..(before.LastIndexOfAnyExcept(BetweenWordAndNumber) + 1)];
        var after = line[end..].TrimStart((byte)' ');
        int length = after.IndexOfAnyExcept(Letters);
        return IsOtherSense(before[(before.LastIndexOfAnyExcept(Letters) + 1)..]) || IsOtherSense(length < 0 ? after : after[..length]);
    }

    private static bool IsOtherSense(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty || word.Length > WordLength) return false;
        Span<char> letters = stackalloc char[WordLength];
        System.Text.Encoding.ASCII.GetChars(word, letters);
        return OtherSenses.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters[..word.Length]);
    }

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'%';

    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);
}
