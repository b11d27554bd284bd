namespace Errand;

/// <summary>The times of day that a cron expression means.</summary>
/// <param name="Seconds">The seconds.</param>
/// <param name="Minutes">The minutes.</param>
/// <param name="Hours">The hours.</param>
/// <param name="FollowClock">Whether they are a grid on the clock (every, every n) rather than times of their own.</param>
internal sealed record CronTimes(ulong Seconds, ulong Minutes, ulong Hours, bool FollowClock)
{
    /// <summary>The first of a day, in seconds.</summary>
    public int First { get; } = SecondOfDay(Bits.Next(Hours, 0), Bits.Next(Minutes, 0), Bits.Next(Seconds, 0));

    /// <summary>The first that is not before another, in seconds of the day; -1 when there is none left.</summary>
    public int AtOrAfter(int secondOfDay)
    {
        int hour = secondOfDay / 3600, minute = secondOfDay / 60 % 60, second = secondOfDay % 60;
        if (Bits.Has(Hours, hour))
        {
            int nextSecond = Bits.Has(Minutes, minute) ? Bits.Next(Seconds, second) : Bits.None;
            if (nextSecond != Bits.None) return SecondOfDay(hour, minute, nextSecond);
            int nextMinute = Bits.Next(Minutes, minute + 1);
            if (nextMinute != Bits.None) return SecondOfDay(hour, nextMinute, Bits.Next(Seconds, 0));
        }
        int nextHour = Bits.Next(Hours, hour + 1);
        return nextHour == Bits.None ? -1 : SecondOfDay(nextHour, Bits.Next(Minutes, 0), Bits.Next(Seconds, 0));
    }

    private static int SecondOfDay(int hour, int minute, int second) => (((hour * 60) + minute) * 60) + second;
}
