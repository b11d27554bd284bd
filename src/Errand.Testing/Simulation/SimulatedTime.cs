namespace Errand.Testing;

/// <summary>A node's clock: a monotonic one that follows the world's true time, and a wall clock that may jump.</summary>
public sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SimulatedNode _node;

    internal SimulatedTime(SimulatedNode node) => _node = node;

    /// <summary>How far the wall clock is from the world's true time.</summary>
    public TimeSpan WallClockOffset { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => _node.World.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Beginning + _node.World.Elapsed + WallClockOffset;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NodeTimer(_node, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class NodeTimer(SimulatedNode node, TimerCallback callback, object? state) : ITimer
    {
        private int _setting;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            if (_disposed) return false;
            int setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan) Arm(setting, dueTime, period);
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            _setting++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(int setting, TimeSpan dueTime, TimeSpan period) => node.World.At(node.World.Ticks + dueTime.Ticks, () =>
        {
            if (setting != _setting) return;
            node.Post(() =>
            {
                if (setting != _setting) return;
                if (period > TimeSpan.Zero) Arm(setting, period, period);
                callback(state);
            });
        });
    }
}
