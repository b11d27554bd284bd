using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Storm;

/// <summary>How much happens in a storm. All chance in it comes from the seed, but for what the operating system adds.</summary>
internal sealed record StormPlan(int Seed, int Times)
{
    private const int Sessions = 4;

    public int Workers => 3;

    /// <summary>How many jobs at least; while the strikes last there are more.</summary>
    public int Jobs => 20_000 * Times;

    public int Kills => 32 * Times;

    public int ShortFreezes => 30 * Times;

    /// <summary>Freezes that last until others have taken the frozen one for gone.</summary>
    public int LongFreezes => Times == 1 ? 1 : 3 * Times;

    /// <summary>How many jobs must be running for a strike.</summary>
    public int InFlight => 100;

    /// <summary>How many jobs end between two strikes, on average.</summary>
    public int EndsPerStrike => Jobs * 8 / 10 / (Kills + ShortFreezes);

    /// <summary>How many jobs are live at a time: many in line, or hardly more than there are slots, so that jobs start without a line, too.</summary>
    public static int LiveJobs(int ordinal) => ordinal / 2000 % 2 == 0 ? 600 : 230;

    public PlannedJob Job(int ordinal)
    {
        var chance = new Random(unchecked((Seed * 397) ^ ordinal));
        string kind = chance.Next(100) switch
        {
            < 40 => Kinds.Plain,
            < 75 => Kinds.Again,
            < 80 => Kinds.Output,
            < 89 => Kinds.Steps,
            < 98 => Kinds.Resumed,
            _ => Kinds.Endless,
        };
        bool isLong = chance.Next(500) == 0;
        bool inSession = kind == Kinds.Again && !isLong && chance.Next(30) == 0;
        return new(ordinal, kind)
        {
            Millis = isLong ? chance.Next(2000, 5000) : inSession ? chance.Next(20) : chance.Next(500),
            Session = inSession ? $"session-{chance.Next(Sessions)}" : null,
            CancelAfter = kind == Kinds.Endless ? chance.Next(200) : chance.Next(25) == 0 ? chance.Next(100) : null,
        };
    }
}

/// <summary>A job of the plan.</summary>
internal sealed record PlannedJob(int Ordinal, string Kind)
{
    public int Millis { get; init; }

    public string? Session { get; init; }

    /// <summary>How many jobs end between its acknowledgement and the cancel; absent where nobody cancels it.</summary>
    public int? CancelAfter { get; init; }

    public string Command => $"{Words.Submit} {Kind} {Ordinal} {Millis} {Session}".TrimEnd();
}
