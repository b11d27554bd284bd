using System.Globalization;

namespace Errand.Mcp;

/// <summary>What a caller knows of a job already: its version, and how far its output was told.</summary>
internal readonly record struct WaitCursor(long Version, OutputCursor Output)
{
    /// <summary>Reads a cursor from its text.</summary>
    /// <exception cref="InvalidJobException">It is none.</exception>
    public static WaitCursor? Read(string? text)
    {
        if (text is null) return null;
        int dot = text.IndexOf('.');
        if (dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            && OutputCursor.TryParse(text.AsSpan(dot + 1), out var output)) return new(version, output);
        throw new InvalidJobException("after", $"after must be the cursor of the last answer, or be left out; it is '{text}'.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}.{Output}");
}
