using System.CommandLine.Parsing;
using System.Globalization;

namespace Errand.Cli;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>.</summary>
internal static class DurationText
{
    public static TimeSpan? Parse(ArgumentResult result)
    {
        string text = result.Tokens is [var token] ? token.Value : "";
        if (Parse(text) is { } duration) return duration;
        result.AddError($"'{text}' is not a duration; write 500ms, 30s, 5m, 2h or 1d.");
        return null;
    }

    public static TimeSpan? Parse(string text)
    {
        string unit = text.TrimStart("0123456789.".ToCharArray());
        if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number > 1e9)
            return null;
        return unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    /// <summary>A duration in its two largest units.</summary>
    public static string Show(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero) duration = TimeSpan.Zero;
        return duration switch
        {
            { TotalDays: >= 1 } => $"{(int)duration.TotalDays}d{duration.Hours}h",
            { TotalHours: >= 1 } => $"{(int)duration.TotalHours}h{duration.Minutes}m",
            { TotalMinutes: >= 1 } => $"{(int)duration.TotalMinutes}m{duration.Seconds}s",
            { TotalSeconds: >= 10 } => $"{(int)duration.TotalSeconds}s",
            _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:F1}s"),
        };
    }
}
