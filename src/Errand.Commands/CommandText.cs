using System.Text;

namespace Errand.Commands;

/// <summary>A command as a line for people: without its environment and what it reads.</summary>
internal static class CommandText
{
    private const int TitleLength = 100;

    /// <summary>The line, shortened.</summary>
    public static string Of(CommandInput input, int maxLength)
    {
        string line = input.Command ?? string.Join(' ', (input.Argv ?? []).Select(Quoted));
        return line.Length <= maxLength ? line : $"{line[..(char.IsHighSurrogate(line[maxLength - 1]) ? maxLength - 1 : maxLength)]}…";
    }

    /// <summary>The same on one line, as the title of a job.</summary>
    public static string TitleOf(CommandInput input) => Of(input with { Command = OneLine(input.Command), Argv = input.Argv?.Select(OneLine).ToList()! }, TitleLength);

    /// <summary>An argument as one would write it for a shell.</summary>
    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%^".Contains(c, StringComparison.Ordinal) || c >= 0x80)
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string? OneLine(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAnyInRange('\0', '\x1f')) return text?.Trim();
        var line = new StringBuilder();
        foreach (char c in text.Trim())
            if (!char.IsControl(c)) line.Append(c);
            else if (line is { Length: > 0 } && line[^1] != ' ') line.Append(' ');
        return line.ToString();
    }
}
