namespace Errand;

/// <summary>The times at which a schedule runs.</summary>
internal sealed class ScheduleTimes
{
    private static readonly TimeSpan ShortLook = TimeSpan.FromMinutes(1);
    private readonly JobSchedule _schedule;
    private readonly DateTimeOffset _anchor;
    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;

    /// <summary>Reads when a schedule runs; throws <see cref="InvalidJobException"/> where it cannot be read.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="begun">What <see cref="JobSchedule.Every"/> counts from where nothing else is said.</param>
    public ScheduleTimes(JobSchedule schedule, DateTimeOffset begun)
    {
        _schedule = schedule;
        _anchor = schedule.From ?? begun;
        _cron = schedule.Cron is { } cron ? CronExpression.Parse(cron) : null;
        _zone = TimeZones.Find(schedule.TimeZone);
    }

    /// <summary>The first time after a moment.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_schedule.From is { } from && after < from) after = from.AddTicks(-1);
        var next = _cron is not null ? _cron.Next(after, _zone) : _schedule.Every is { } every ? NextStep(after, every) : _schedule.At;
        return next > after && !(next > _schedule.Until) ? next : null;
    }

    /// <summary>The times after a moment, in order, without end where there is none.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset after)
    {
        for (var next = Next(after); next is { } time; next = Next(time)) yield return time;
    }

    /// <summary>The latest times after a moment and up to another, in order. Looks back from the end: there may be millions.</summary>
    public IReadOnlyList<DateTimeOffset> Latest(DateTimeOffset after, DateTimeOffset upTo, int most)
    {
        for (var look = ShortLook; ; look *= 4)
        {
            bool isWhole = upTo - after <= look;
            List<DateTimeOffset> found = [.. After(isWhole ? after : upTo - look).TakeWhile(time => time <= upTo)];
            if (isWhole || found.Count >= most) return found.Count <= most ? found : found[^most..];
        }
    }

    private DateTimeOffset NextStep(DateTimeOffset after, TimeSpan every)
    {
        var (steps, rest) = Math.DivRem((after - _anchor).Ticks, every.Ticks);
        return _anchor + TimeSpan.FromTicks((rest < 0 ? steps : steps + 1) * every.Ticks);
    }
}
