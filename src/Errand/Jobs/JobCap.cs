namespace Errand;

/// <summary>
/// Something that jobs share and of which there is not enough for all: how many of those that name it may run, wait and start, counted over
/// all processes that share the store. A job may stand under several caps and starts once each of them lets it.
/// </summary>
/// <param name="Name">What is counted: <c>kind/resize</c>, <c>owner/alice</c>, or a name of one's own such as <c>gpu-0</c>.</param>
/// <param name="Size">How many. What the last submit said holds for all of this name.</param>
public sealed record JobCap(string Name, CapSize Size);

/// <summary>How many jobs under a cap may run, wait and start. What is left out has no limit.</summary>
public sealed record CapSize
{
    /// <summary>A size that limits nothing, of a cap that rules elsewhere give one.</summary>
    public static CapSize Unlimited { get; } = new();

    /// <summary>How many may be under way at once, those that wait for input included.</summary>
    public int? Running { get; init; }

    /// <summary>How many may wait to start; one more is refused.</summary>
    public int? Queued { get; init; }

    /// <summary>How often one may start.</summary>
    public JobRate? Rate { get; init; }
}

/// <summary>How often jobs may start: evenly spaced, with a burst where one is allowed.</summary>
/// <param name="Count">How many in each period.</param>
/// <param name="Period">The period.</param>
public sealed record JobRate(int Count, TimeSpan Period)
{
    /// <summary>
    /// How many may start at the same moment after a quiet time. In any period there are never more than <c>Count + Burst − 1</c> starts. Default: 1.
    /// </summary>
    public int Burst { get; init; } = 1;

    /// <summary>The time between two starts.</summary>
    public TimeSpan Interval => Period / Count;

    /// <summary>When the next one may start after one that starts now.</summary>
    /// <param name="free">From when on this one could have started.</param>
    /// <param name="now">When it starts.</param>
    public DateTimeOffset NextAfter(DateTimeOffset free, DateTimeOffset now)
    {
        var credit = Interval * (Burst - 1);
        var earliest = now - credit;
        return (free > earliest ? free : earliest) + Interval;
    }
}

/// <summary>How far a cap is used.</summary>
/// <param name="Cap">The cap.</param>
/// <param name="Running">How many jobs under it are under way.</param>
/// <param name="Queued">How many wait to start, for whatever reason.</param>
/// <param name="Waiting">How many of those wait in the line of this cap.</param>
/// <param name="FreeAt">When its rate lets the next one start, where it has one.</param>
public sealed record CapUse(JobCap Cap, int Running, int Queued, int Waiting, DateTimeOffset? FreeAt);
