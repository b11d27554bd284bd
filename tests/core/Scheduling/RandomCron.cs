namespace Errand.Tests.Scheduling;

/// <summary>Makes up cron expressions of the notation that every cron has in common.</summary>
internal sealed class RandomCron(Random chance)
{
    private static readonly string[] Months = ["JAN", "feb", "Mar", "APR", "may", "JUN", "JUL", "aug", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "mon", "TUE", "Wed", "THU", "FRI", "SAT"];

    public string Next()
    {
        string day = Day(), weekday = chance.Next(3) == 0 ? Weekday() : "*";
        // A star with a step restricts nothing here and something elsewhere, which matters beside the other field of days only.
        if (weekday != "*" && day.StartsWith("*/", StringComparison.Ordinal)) day = "*";
        if (day != "*" && weekday.StartsWith("*/", StringComparison.Ordinal)) weekday = "*";
        string seconds = chance.Next(4) == 0 ? $"{Field(0, 59)} " : "";
        return $"{seconds}{Field(0, 59)} {Field(0, 23)} {day} {Month()} {weekday}";
    }

    private string Day() => chance.Next(8) switch
    {
        0 or 1 => Field(1, 28),
        2 => "L",
        3 => "LW",
        4 => $"{chance.Next(1, 29)}W",
        _ => "*",
    };

    private string Weekday() => chance.Next(5) switch
    {
        0 => $"{chance.Next(7)}#{chance.Next(1, 5)}",
        1 => $"{chance.Next(7)}L",
        2 => Weekdays[chance.Next(7)],
        3 => $"{Weekdays[chance.Next(1, 4)]}-{Weekdays[chance.Next(4, 7)]}",
        _ => Field(0, 6),
    };

    private string Month() => chance.Next(6) switch
    {
        0 => Months[chance.Next(12)],
        1 => Field(1, 12),
        _ => "*",
    };

    private string Field(int min, int max) => chance.Next(6) switch
    {
        0 => "*",
        1 => $"*/{chance.Next(1, max - min)}",
        2 => Range(min, max),
        3 => $"{Range(min, max)}/{chance.Next(1, max - min)}",
        4 => $"{chance.Next(min, max + 1)},{chance.Next(min, max + 1)},{Range(min, max)}",
        _ => $"{chance.Next(min, max + 1)}",
    };

    private string Range(int min, int max)
    {
        int from = chance.Next(min, max + 1);
        return $"{from}-{chance.Next(from, max + 1)}";
    }
}
