namespace Errand;

/// <summary>A field of a cron expression: its numbers, the names for them, and how it is written.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Min">The smallest number.</param>
/// <param name="Max">The largest number.</param>
/// <param name="Names">Names for the numbers, from <paramref name="Min"/> on.</param>
/// <param name="Example">What is right, for messages.</param>
internal sealed record CronField(string Name, int Min, int Max, string[] Names, string Example)
{
    public static CronField Second { get; } = new("second", 0, 59, [], "'0', '30' or '*/10'");

    public static CronField Minute { get; } = new("minute", 0, 59, [], "'0', '0,30' or '*/15'");

    public static CronField Hour { get; } = new("hour", 0, 23, [], "'2', '9-17' or '*/6'");

    public static CronField Day { get; } = new("day of month", 1, 31, [],
        "'1', '1,15', 'L' (the last day) or '15W' (the working day nearest to the 15th)");

    public static CronField Month { get; } = new("month", 1, 12,
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], "'JAN', '1-6' or '*/3'");

    // 7 is Sunday, too.
    public static CronField Weekday { get; } = new("day of week", 0, 7,
        ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], "'MON-FRI', '0' (Sunday), 'FRI#2' (the second Friday) or 'FRIL' (the last Friday)");

    /// <summary>How many different numbers there are.</summary>
    public int Count => this == Weekday ? 7 : Max - Min + 1;

    /// <summary>Whether it means days, so that <c>?</c> may stand for any.</summary>
    public bool HasDays => this == Day || this == Weekday;

    /// <summary>Which names there are, for messages.</summary>
    public string NamesHint => Names.Length == 0 ? "" : $" or {Names[0]} to {Names[^1]}";

    /// <summary>The numbers from one to another; past the largest it goes on with the smallest.</summary>
    public ulong Range(int from, int to, int step)
    {
        int length = to >= from ? to - from : to - from + Count;
        ulong set = 0;
        for (int i = 0; i <= length; i += step) set |= 1UL << (Min + ((from - Min + i) % Count));
        return set;
    }

    /// <summary>The number that a text means, or -1.</summary>
    public int Number(ReadOnlySpan<char> text)
    {
        int number = CronParser.Digits(text);
        if (number >= 0) return number >= Min && number <= Max ? number : -1;
        for (int i = 0; i < Names.Length; i++)
            if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase)) return Min + i;
        return -1;
    }
}
