using System.Globalization;
using System.Text.RegularExpressions;

namespace Errand.Commands;

/// <summary>A host's own pattern for progress: groups <c>percent</c>, or <c>current</c> and perhaps <c>total</c>.</summary>
internal sealed class ProgressPattern
{
    public const int MaxLength = 1000;
    private const string Percent = "percent";
    private const string Current = "current";
    private const string Total = "total";

    // No line can keep it busy: it takes time in proportion to the line, and lines are bounded.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly Regex _regex;

    private ProgressPattern(Regex regex) => _regex = regex;

    /// <summary>Reads a pattern, or says what is wrong with it.</summary>
    public static ProgressPattern? TryRead(string text, out string? problem)
    {
        if (text is not { Length: > 0 and <= MaxLength })
        {
            problem = $"must have 1 to {MaxLength} characters";
            return null;
        }
        try
        {
            var regex = new Regex(text, Options);
            string[] groups = regex.GetGroupNames();
            problem = groups.Contains(Percent) || groups.Contains(Current)
                ? null
                : $"must have a group (?<{Percent}>…), or a group (?<{Current}>…) and perhaps (?<{Total}>…)";
            return problem is null ? new(regex) : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = $"is no pattern that can be used: {e.Message}";
            return null;
        }
    }

    /// <summary>The progress that a line tells, at the last place at which the pattern fits.</summary>
    public ProgressNumber? Find(string line)
    {
        ProgressNumber? last = null;
        foreach (Match match in _regex.Matches(line)) last = NumberOf(match) ?? last;
        return last;
    }

    private static ProgressNumber? NumberOf(Match match)
    {
        if (ValueOf(match, Percent) is { } percent) return percent is >= 0 and <= 100 ? ProgressNumber.OfPercent(percent) : null;
        if (ValueOf(match, Current) is not { } current) return null;
        return match.Groups[Total].Success
            ? ValueOf(match, Total) is { } total ? ProgressNumber.OfFraction(current, total) : null
            : new(current, null);
    }

    private static double? ValueOf(Match match, string group) =>
        match.Groups[group] is { Success: true } found
        && double.TryParse(found.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : null;
}
