namespace Errand;

/// <summary>How the jobs of a kind fare, from those that were submitted last and are still kept.</summary>
public sealed record KindStatistics
{
    /// <summary>The kind.</summary>
    public required string Kind { get; init; }

    /// <summary>How many jobs there are in each state.</summary>
    public required IReadOnlyDictionary<JobState, long> Counts { get; init; }

    /// <summary>How many of the jobs that ended are looked at for what follows.</summary>
    public required int Samples { get; init; }

    /// <summary>How long they waited from when they were due until they started.</summary>
    public required TimeSpread? Wait { get; init; }

    /// <summary>How long those that completed ran.</summary>
    public required TimeSpread? Run { get; init; }

    /// <summary>The part of them that failed, from 0 to 1; absent where none has ended.</summary>
    public required double? FailureRate { get; init; }

    /// <summary>What ended in each hour of the last day, oldest first.</summary>
    public required IReadOnlyList<KindHour> Hours { get; init; }
}

/// <summary>How long something took, in the middle and at worst.</summary>
/// <param name="P50">Half of them took no longer.</param>
/// <param name="P95">All but one in twenty took no longer.</param>
/// <param name="Longest">The longest of them.</param>
public sealed record TimeSpread(TimeSpan P50, TimeSpan P95, TimeSpan Longest)
{
    /// <summary>Of times in ascending order; none of none.</summary>
    internal static TimeSpread? Of(IReadOnlyList<TimeSpan> ascending) =>
        ascending.Count == 0 ? null : new(At(ascending, 0.5), At(ascending, 0.95), ascending[^1]);

    /// <summary>The time that a part of them does not exceed.</summary>
    internal static TimeSpan At(IReadOnlyList<TimeSpan> ascending, double part) =>
        ascending[Math.Clamp((int)Math.Ceiling(part * ascending.Count) - 1, 0, ascending.Count - 1)];
}

/// <summary>What ended in an hour.</summary>
/// <param name="From">When it began.</param>
/// <param name="Completed">How many jobs completed.</param>
/// <param name="Failed">How many failed.</param>
public sealed record KindHour(DateTimeOffset From, int Completed, int Failed);

/// <summary>When a job will be done.</summary>
/// <param name="At">The likeliest time.</param>
/// <param name="LowAt">It is nine times out of ten not sooner than this, where the history of its kind tells.</param>
/// <param name="HighAt">It is nine times out of ten not later than this, where the history of its kind tells.</param>
public sealed record JobEta(DateTimeOffset At, DateTimeOffset? LowAt = null, DateTimeOffset? HighAt = null);
