using System.Text.RegularExpressions;

namespace Errand.Docs.Tests;

/// <summary>A row of a table in docs/requirements.md: <c>| id | what | state | tests |</c>.</summary>
internal sealed partial record RequirementRow(string Id, string State, IReadOnlyList<string> Tests)
{
    public static IReadOnlyList<RequirementRow> ReadAll() =>
        [.. File.ReadLines(Path.Combine(Tree.Root, "docs", "requirements.md")).Select(Parse).OfType<RequirementRow>()];

    private static RequirementRow? Parse(string line)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        if (cells.Length < 2 || !AnId().IsMatch(cells[1])) return null;
        if (cells.Length != 6) throw new FormatException($"This row of docs/requirements.md has not four cells: {line}");

        return new(cells[1], cells[3], [.. TestName().Matches(cells[4]).Select(match => match.Groups[1].Value)]);
    }

    [GeneratedRegex("^[A-Z]-?[0-9]+$")]
    private static partial Regex AnId();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex TestName();
}
