using System.Collections.Concurrent;

namespace Errand.Mcp.Tests.Client;

/// <summary>A clock on which every pause is over at once, and which remembers how long each should have been.</summary>
internal sealed class InstantTime : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _pauses = new();
    private long _now;

    public IEnumerable<TimeSpan> Pauses => _pauses;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero) return System.CreateTimer(callback, state, dueTime, period);
        _pauses.Enqueue(dueTime);
        Interlocked.Add(ref _now, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
