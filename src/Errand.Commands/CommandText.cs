using System.Text;

namespace Errand.Commands;

/// <summary>A command as a line for people: without its environment and what it reads.</summary>
internal static class CommandText
{
    public const int LongLength = 4000;
    private const int TitleLength = 100;

    /// <summary>The line, shortened.</summary>
    public static string Of(CommandInput input, int maxLength)
    {
        string line = input.Command ?? string.Join(' ', (input.Argv ?? []).Select(Quoted));
        return line.Length <= maxLength ? line : $"{line[..(char.IsHighSurrogate(line[maxLength - 1]) ? maxLength - 1 : maxLength)]}…";
    }

    /// <summary>The same on one line, as the title of a job.</summary>
    public static string TitleOf(CommandInput input)
    {
        string line = OneLine(Of(input, LongLength));
        return line.Length <= TitleLength ? line : $"{line[..(char.IsHighSurrogate(line[TitleLength - 1]) ? TitleLength - 1 : TitleLength)]}…";
    }

    /// <summary>An argument as one would write it for a shell.</summary>
    private static string Quoted(string argument) => argument.Length > 0 && argument.All(IsPlain)
        ? argument
        : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c > '\x7f' || "-_./:=,+@%".Contains(c, StringComparison.Ordinal);

    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (char c in text.Trim())
            if (c != ' ' && !char.IsControl(c)) line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        return line.ToString();
    }
}
