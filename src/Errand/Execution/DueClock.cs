namespace Errand;

/// <summary>
/// The time by which jobs come due. It follows the wall clock, but never runs back: when that is set back an hour, a job that was to
/// start in a second still starts in a second.
/// </summary>
internal sealed class DueClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _anchor = time.GetUtcNow();
    private long _anchorTimestamp = time.GetTimestamp();

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                var steady = _anchor + time.GetElapsedTime(_anchorTimestamp);
                var wall = time.GetUtcNow();
                if (wall < steady) return steady;
                (_anchor, _anchorTimestamp) = (wall, time.GetTimestamp());
                return wall;
            }
        }
    }
}

/// <summary>The time as jobs carry it.</summary>
internal static class JobTime
{
    /// <summary>Now, in whole milliseconds, as every store keeps it.</summary>
    public static DateTimeOffset GetJobTime(this TimeProvider time) => Whole(time.GetUtcNow());

    /// <summary>A moment without the parts of a millisecond.</summary>
    public static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}
