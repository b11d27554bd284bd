using System.Globalization;

namespace Errand;

/// <summary>How far somebody has read a job's output.</summary>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="Offset">The offset in its log.</param>
public readonly record struct OutputCursor(int Attempt, long Offset)
{
    /// <summary>Reads a cursor from its text.</summary>
    /// <param name="text">The text: <c>2:4711</c>.</param>
    /// <param name="cursor">The cursor, or the default.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out OutputCursor cursor)
    {
        cursor = default;
        int colon = text.IndexOf(':');
        if (colon < 0) return false;
        if (!int.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int attempt) || attempt < 1) return false;
        if (!long.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)) return false;
        cursor = new(attempt, offset);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Attempt}:{Offset}");
}
