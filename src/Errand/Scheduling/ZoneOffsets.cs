using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Errand;

/// <summary>
/// When the clocks of a time zone change. Only offsets of UTC times are asked for: answers of <see cref="TimeZoneInfo"/> about local times
/// (invalid, ambiguous) know daylight saving but not a zone that moves for good, such as Samoa across the date line.
/// </summary>
internal sealed class ZoneOffsets
{
    // No zone has ever changed its clocks twice in so short a time.
    private static readonly TimeSpan Stride = TimeSpan.FromHours(6);
    private static readonly DateTime Earliest = new(3, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(9990, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly ConditionalWeakTable<TimeZoneInfo, ZoneOffsets> Known = [];
    private readonly TimeZoneInfo _zone;
    private readonly ConcurrentDictionary<int, DateTime[]> _changes = new();
    private readonly Func<int, DateTime[]> _findChanges;

    private ZoneOffsets(TimeZoneInfo zone)
    {
        _zone = zone;
        _findChanges = zone.HasSameRules(TimeZoneInfo.Utc) ? static _ => [] : FindChanges;
    }

    public static ZoneOffsets Of(TimeZoneInfo zone) => Known.GetValue(zone, static zone => new(zone));

    /// <summary>The times that are looked at: room for an offset and a year around them.</summary>
    public static DateTime Clamp(DateTime utc) => utc < Earliest ? Earliest : utc > Latest ? Latest : utc;

    /// <summary>The changes of a year of UTC: the first second of each new offset.</summary>
    public IReadOnlyList<DateTime> ChangesIn(int year) => _changes.GetOrAdd(year, _findChanges);

    /// <summary>The time around a moment in which clocks do not change, or a year of it.</summary>
    public ZoneSpan At(DateTime utc)
    {
        DateTime start = NewYear(utc.Year - 1), end = NewYear(utc.Year + 1);
        for (int year = utc.Year - 1; year <= utc.Year; year++)
            foreach (var change in ChangesIn(year))
            {
                if (change <= utc) start = change;
                else if (change < end) end = change;
            }
        return new(start, end, OffsetAt(start.AddSeconds(-1)), OffsetAt(utc));
    }

    private static DateTime NewYear(int year) => new(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private TimeSpan OffsetAt(DateTime utc) => _zone.GetUtcOffset(utc);

    private DateTime[] FindChanges(int year)
    {
        var changes = new List<DateTime>();
        var end = NewYear(year + 1);
        // A change in the very first second of the year belongs to it.
        for (var low = NewYear(year).AddSeconds(-1); low < end.AddSeconds(-1);)
        {
            var high = low + Stride < end ? low + Stride : end.AddSeconds(-1);
            if (OffsetAt(low) != OffsetAt(high)) changes.Add(FirstSecondAfterChange(low, high));
            low = high;
        }
        return [.. changes];
    }

    private DateTime FirstSecondAfterChange(DateTime before, DateTime after)
    {
        var offset = OffsetAt(before);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before.AddSeconds(Math.Floor((after - before).TotalSeconds / 2));
            if (OffsetAt(middle) == offset) before = middle;
            else after = middle;
        }
        return after;
    }
}

/// <summary>A stretch of time in which the clocks of a zone do not change.</summary>
/// <param name="Start">Its first second, in UTC.</param>
/// <param name="End">The first second after it, in UTC.</param>
/// <param name="OffsetBefore">How far clocks were ahead of UTC before it.</param>
/// <param name="Offset">How far clocks are ahead of UTC in it.</param>
internal readonly record struct ZoneSpan(DateTime Start, DateTime End, TimeSpan OffsetBefore, TimeSpan Offset)
{
    /// <summary>What the clocks first show.</summary>
    public DateTime LocalStart => Local(Start, Offset);

    /// <summary>What the clocks would show next.</summary>
    public DateTime LocalEnd => Local(End, Offset);

    /// <summary>What the clocks would have shown had they not changed: later than <see cref="LocalStart"/> where times are repeated.</summary>
    public DateTime LocalEndBefore => Local(Start, OffsetBefore);

    /// <summary>What the clocks show at a moment of it.</summary>
    public DateTime ToLocal(DateTime utc) => Local(utc, Offset);

    private static DateTime Local(DateTime utc, TimeSpan offset) => DateTime.SpecifyKind(utc + offset, DateTimeKind.Unspecified);
}
