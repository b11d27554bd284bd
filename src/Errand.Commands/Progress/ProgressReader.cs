using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Errand.Commands;

/// <summary>What counts as progress in a line: a host's own patterns first, then what most programs write.</summary>
/// <param name="patterns">The host's own.</param>
/// <param name="knowsUsual">Whether percentages and fractions count without them.</param>
internal sealed class ProgressReader(IReadOnlyList<ProgressPattern> patterns, bool knowsUsual)
{
    /// <summary>What most programs write, and nothing else.</summary>
    public static ProgressReader Usual { get; } = new([], knowsUsual: true);

    /// <summary>Whether lines are wanted as text, too.</summary>
    public bool WantsText => patterns.Count > 0;

    /// <summary>The progress that a line tells.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isCut">Whether its start is missing.</param>
    /// <param name="text">The same as text, bounded; absent where it is blank, or not wanted.</param>
    public ProgressNumber? Find(ReadOnlySpan<byte> line, bool isCut, string? text)
    {
        if (text is not null)
            foreach (var pattern in patterns)
                if (pattern.Find(text) is { } own) return own;
        return knowsUsual ? ProgressText.Find(line, isCut) : null;
    }

    /// <summary>The last place at which a line may tell progress; -1 where there is none. Most output has none, which is seen in passing.</summary>
    public int LastCandidate(ReadOnlySpan<byte> bytes)
    {
        if (patterns.Count > 0) return bytes.Length - 1;
        if (!knowsUsual) return -1;
        const int Before = 2;
        int width = Vector128<byte>.Count;
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        int end = bytes.Length;
        for (; end >= width + Before; end -= width)
        {
            nuint at = (nuint)(end - width);
            uint found = Candidates(
                Vector128.LoadUnsafe(ref first, at), Vector128.LoadUnsafe(ref first, at - 1), Vector128.LoadUnsafe(ref first, at - 2));
            if (found != 0) return (int)at + BitOperations.Log2(found);
        }
        return bytes[..end].LastIndexOfAny((byte)'%', (byte)'/', (byte)'f');
    }

    private static uint Candidates(Vector128<byte> now, Vector128<byte> before, Vector128<byte> twoBefore)
    {
        var digits = Vector128.LessThanOrEqual(before - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
        // A blank, or a control character, which is not seen.
        var blanks = Vector128.LessThanOrEqual(before, Vector128.Create((byte)' '));
        // The end of an escape sequence: its parameters stand before it.
        var escapes = Vector128.LessThanOrEqual(twoBefore - Vector128.Create((byte)'0'), Vector128.Create((byte)(';' - '0')))
            | Vector128.Equals(twoBefore, Vector128.Create((byte)'[')) | Vector128.Equals(twoBefore, Vector128.Create((byte)'('))
            | Vector128.Equals(twoBefore, Vector128.Create((byte)0x1b));
        var fractions = Vector128.Equals(now, Vector128.Create((byte)'/')) & (digits | blanks | escapes);
        var words = Vector128.Equals(now, Vector128.Create((byte)'f')) & Vector128.Equals(before, Vector128.Create((byte)'o'))
            & Vector128.Equals(twoBefore, Vector128.Create((byte)' '));
        return (Vector128.Equals(now, Vector128.Create((byte)'%')) | fractions | words).ExtractMostSignificantBits();
    }
}
