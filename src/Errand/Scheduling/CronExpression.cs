using System.Diagnostics.CodeAnalysis;

namespace Errand;

/// <summary>
/// The times at which something recurs, in the notation of cron: minute, hour, day of month, month and day of week, or six fields with the
/// second first. <c>docs/schedules.md</c> has the whole of it.
/// </summary>
/// <remarks>
/// When clocks change, an expression that names its times of day (<c>30 2 * * *</c>) comes once for each: a time that is skipped comes just
/// after the gap, one that is repeated comes the first time. An expression with <c>*</c> or a step among its seconds, minutes or hours
/// (<c>*/15 * * * *</c>) follows the clock as it is shown: what is skipped is skipped, what is repeated comes twice.
/// </remarks>
public sealed class CronExpression
{
    private const int YearsAhead = 100;
    private readonly string _text;
    private readonly CronTimes _times;
    private readonly CronDays _days;
    private readonly ulong _months;

    internal CronExpression(string text, CronTimes times, CronDays days, ulong months)
    {
        _text = text;
        _times = times;
        _days = days;
        _months = months;
    }

    /// <summary>Whether any date has a day that is meant: 30 February never comes. The calendar repeats itself after 400 years.</summary>
    internal bool EverComes => NextLocal(new(2000, 1, 1), new(2400, 1, 1)) is not null;

    /// <summary>Reads an expression, or throws <see cref="InvalidJobException"/>, which says what is wrong with which field.</summary>
    /// <param name="text">5 fields, 6 with the second first, or a word such as <c>@daily</c>.</param>
    public static CronExpression Parse(string text)
    {
        var parser = new CronParser(text);
        return parser.Parse() ?? throw new InvalidJobException("cron", parser.Problem!);
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">5 fields, 6 with the second first, or a word such as <c>@daily</c>.</param>
    /// <param name="expression">The expression, if the text is one.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CronExpression? expression)
    {
        expression = new CronParser(text).Parse();
        return expression is not null;
    }

    /// <summary>The first time after a moment, with the offset that then holds in the zone.</summary>
    /// <param name="after">The moment; the answer is later.</param>
    /// <param name="zone">Whose clocks are meant.</param>
    /// <returns>None where there is no such time within 100 years.</returns>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var offsets = ZoneOffsets.Of(zone);
        var from = ZoneOffsets.Clamp(WholeSecondAfter(after));
        var limit = ZoneOffsets.Clamp(from.AddYears(Math.Min(YearsAhead, DateTime.MaxValue.Year - from.Year)));
        while (from < limit)
        {
            var span = offsets.At(from);
            var local = span.ToLocal(from);
            if (!_times.FollowClock)
            {
                if (from == span.Start && NextLocal(span.LocalEndBefore, span.LocalStart) is not null) return At(local, span);
                if (local < span.LocalEndBefore) local = span.LocalEndBefore;
            }
            if (NextLocal(local, span.LocalEnd) is { } match) return At(match, span);
            from = span.End;
        }
        return null;
    }

    /// <summary>The expression as it was written.</summary>
    public override string ToString() => _text;

    private static DateTimeOffset At(DateTime local, ZoneSpan span) => new(local, span.Offset);

    private static DateTime WholeSecondAfter(DateTimeOffset moment)
    {
        long ticks = moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond;
        return new(Math.Min(ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
    }

    /// <summary>The first time of day and date that is meant, on a clock that never changes.</summary>
    private DateTime? NextLocal(DateTime from, DateTime until)
    {
        int time = _times.AtOrAfter((int)(from.TimeOfDay.Ticks / TimeSpan.TicksPerSecond));
        int day = time < 0 ? from.Day + 1 : from.Day;
        for (var month = new DateTime(from.Year, from.Month, 1); month < until; month = month.AddMonths(1), day = 1)
        {
            if (!Bits.Has(_months, month.Month)) continue;
            int found = Bits.Next(_days.In(month.Year, month.Month), day);
            if (found == Bits.None) continue;
            var date = month.AddDays(found - 1);
            var match = date.AddSeconds(date == from.Date ? time : _times.First);
            return match < until ? match : null;
        }
        return null;
    }
}
