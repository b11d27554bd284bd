using System.Globalization;
using System.Text.RegularExpressions;

namespace Errand.Commands;

/// <summary>Finds in what a CLI says that its provider's usage limit is reached, and when it ends.</summary>
internal static partial class UsageLimitText
{
    // A clock that tells only of hours is trusted for the time of the longest limits, which last a week.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(8);

    public static bool IsLimit(string? text) => text is not null && Limit().IsMatch(text);

    public static DateTimeOffset? FromUnix(long? seconds) =>
        seconds is > 0 and < 32_503_680_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null;

    /// <summary>When a limit ends, as far as the text tells.</summary>
    /// <param name="text">What the CLI says.</param>
    /// <param name="now">The time now.</param>
    /// <param name="local">The time zone of times that name none.</param>
    public static DateTimeOffset? ResetOf(string text, DateTimeOffset now, TimeZoneInfo local)
    {
        var reset = Moment(text) ?? AfterWhile(text, now) ?? AtDate(text, local) ?? AtHour(text, now, local);
        return reset > now + Longest ? null : reset;
    }

    // "Claude AI usage limit reached|1755615600", "resets_at":1777936568
    private static DateTimeOffset? Moment(string text) =>
        Unix().Match(text) is { Success: true } match ? FromUnix(long.Parse(match.Groups["s"].ValueSpan, CultureInfo.InvariantCulture)) : null;

    // "try again in 1 day 2 hours 3 minutes", "Your quota will reset after 21h53m56s."
    private static DateTimeOffset? AfterWhile(string text, DateTimeOffset now)
    {
        if (While().Match(text) is not { Success: true } match) return null;
        double seconds = 0;
        foreach (Match part in Part().Matches(match.Groups["while"].Value))
            seconds += double.Parse(part.Groups["n"].ValueSpan, CultureInfo.InvariantCulture) * SecondsOf(part.Groups["unit"].Value);
        return seconds is >= 0 and < 31_536_000 ? now.AddSeconds(seconds) : null;
    }

    private static double SecondsOf(string unit) => unit[0] switch { 'd' or 'D' => 86_400, 'h' or 'H' => 3600, 'm' or 'M' => 60, _ => 1 };

    // "try again at Nov 23rd, 2026 9:16 AM."
    private static DateTimeOffset? AtDate(string text, TimeZoneInfo local) =>
        Date().Match(text) is { Success: true } match
        && DateTime.TryParseExact(
            $"{match.Groups["month"].ValueSpan[..3]} {match.Groups["day"]} {match.Groups["year"]} {match.Groups["time"].Value.ToUpperInvariant()}",
            "MMM d yyyy h:mm tt", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? At(at, local)
            : null;

    // "You've hit your limit · resets 2pm (Asia/Shanghai)", "try again at 12:16 PM."
    private static DateTimeOffset? AtHour(string text, DateTimeOffset now, TimeZoneInfo local)
    {
        if (Hour().Match(text) is not { Success: true } match) return null;
        int hour = int.Parse(match.Groups["h"].ValueSpan, CultureInfo.InvariantCulture);
        int minute = match.Groups["m"].Success ? int.Parse(match.Groups["m"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (hour is < 1 or > 12 || minute > 59) return null;
        hour = (hour % 12) + (char.ToLowerInvariant(match.Groups["half"].ValueSpan[0]) == 'p' ? 12 : 0);
        var zone = match.Groups["zone"].Success && TimeZoneInfo.TryFindSystemTimeZoneById(match.Groups["zone"].Value, out var named) ? named : local;
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        var at = At(today.AddHours(hour).AddMinutes(minute), zone);
        return at > now ? at : At(today.AddDays(1).AddHours(hour).AddMinutes(minute), zone);
    }

    private static DateTimeOffset At(DateTime wall, TimeZoneInfo zone) => new(wall, zone.GetUtcOffset(wall));

    [GeneratedRegex(
        @"usage[ _]limit|(hit|reached|exceeded) (your|the) ([\w-]+ ){0,2}limit|limit reached|rate[ _]limit(ed|_error|_exceeded| reached| exceeded)|" +
        @"resource_exhausted|exhausted your (capacity|daily quota)|exceeded your current quota|quota will reset",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Limit();

    [GeneratedRegex(@"(limit[^|\n]*\||resets_?at""?\s*[:=]\s*)(?<s>\d{10})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unix();

    [GeneratedRegex(
        @"(try again in|resets? (in|after)|retry in)\s+" +
        @"(?<while>(\d+(\.\d+)?\s*(days?|hours?|minutes?|mins?|seconds?|secs?|d|h|m|s)[\s,]*(and\s+)?)+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex While();

    [GeneratedRegex(@"(?<n>\d+(\.\d+)?)\s*(?<unit>[a-z]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex(
        @"(at|resets?)\s+(?<month>(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?\s+(?<day>\d{1,2})(st|nd|rd|th)?,?\s+" +
        @"(?<year>\d{4}),?\s+(at\s+)?(?<time>\d{1,2}:\d{2}\s[ap]m)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    [GeneratedRegex(
        @"(resets?|reset at|again at)\s+(at\s+)?(?<h>\d{1,2})(:(?<m>\d{2}))?\s?(?<half>[ap])m\b(\s*\((?<zone>[\w/+-]+)\))?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Hour();
}
