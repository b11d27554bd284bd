namespace Errand;

/// <summary>The days that a cron expression means, by their number, by their weekday, or by both.</summary>
internal sealed class CronDays
{
    private const ulong AllDays = 0xFFFF_FFFE;
    private const int LastOfMonth = 6;
    // Bit 7 * (n - 1) is the first, 8th … day that is a certain weekday.
    private const ulong EverySeventh = 1UL | 1UL << 7 | 1UL << 14 | 1UL << 21 | 1UL << 28;
    private readonly int[] _weekdays = new int[7];

    /// <summary>Days by number.</summary>
    public ulong Numbers { get; set; }

    /// <summary>Days counted back from the last of the month, which is 0.</summary>
    public ulong FromLast { get; set; }

    /// <summary>Days by number, moved to the nearest working day of the same month.</summary>
    public ulong NearestWorkdays { get; set; }

    /// <summary>The last working day of the month.</summary>
    public bool LastWorkday { get; set; }

    /// <summary>Whether a day that is meant by its number or by its weekday is enough, as when both fields are restricted.</summary>
    public bool EitherIsEnough { get; set; }

    /// <summary>Every weekday of the set, from 0 (Sunday).</summary>
    public void AddWeekdays(ulong set)
    {
        for (int weekday = 0; weekday < 7; weekday++)
            if (Bits.Has(set, weekday)) _weekdays[weekday] = 0b111110;
    }

    /// <summary>A weekday's first, second … of the month.</summary>
    public void AddNth(int weekday, int nth) => _weekdays[weekday] |= 1 << nth;

    /// <summary>A weekday's last of the month.</summary>
    public void AddLast(int weekday) => _weekdays[weekday] |= 1 << LastOfMonth;

    /// <summary>The days that are meant in a month.</summary>
    public ulong In(int year, int month)
    {
        var shape = new Month((int)new DateTime(year, month, 1).DayOfWeek, DateTime.DaysInMonth(year, month));
        ulong byNumber = ByNumber(shape), byWeekday = ByWeekday(shape);
        return (EitherIsEnough ? byNumber | byWeekday : byNumber & byWeekday) & (AllDays >> (31 - shape.Length));
    }

    private ulong ByNumber(Month month)
    {
        ulong days = Numbers;
        for (int back = Bits.Next(FromLast, 0); back < month.Length; back = Bits.Next(FromLast, back + 1)) days |= 1UL << (month.Length - back);
        for (int day = Bits.Next(NearestWorkdays, 1); day <= month.Length; day = Bits.Next(NearestWorkdays, day + 1))
            days |= 1UL << month.NearestWorkday(day);
        if (LastWorkday) days |= 1UL << month.NearestWorkday(month.Length);
        return days;
    }

    private ulong ByWeekday(Month month)
    {
        ulong days = 0;
        for (int weekday = 0; weekday < 7; weekday++)
        {
            int which = _weekdays[weekday];
            if (which == 0) continue;
            int first = month.First(weekday);
            if ((which & 0b111110) == 0b111110) days |= EverySeventh << first;
            else
                for (int nth = 1; nth <= 5; nth++)
                    if ((which >> nth & 1) != 0) days |= 1UL << (first + (7 * (nth - 1)));
            if ((which >> LastOfMonth & 1) != 0) days |= 1UL << (first + ((month.Length - first) / 7 * 7));
        }
        return days;
    }

    private readonly record struct Month(int FirstWeekday, int Length)
    {
        public int First(int weekday) => 1 + ((weekday - FirstWeekday + 7) % 7);

        public int NearestWorkday(int day) => (DayOfWeek)((FirstWeekday + day - 1) % 7) switch
        {
            DayOfWeek.Saturday => day == 1 ? day + 2 : day - 1,
            DayOfWeek.Sunday => day == Length ? day - 2 : day + 1,
            _ => day,
        };
    }
}
