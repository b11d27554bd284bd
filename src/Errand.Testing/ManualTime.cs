namespace Errand.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire while it is moved, one after the other in the order of their times, on the
/// thread that moves it.
/// </summary>
/// <remarks>
/// <see cref="GetTimestamp"/> and the timers follow the time that was advanced, as a monotonic clock does; <see cref="GetUtcNow"/> is the
/// wall clock, which can also be made to jump.
/// </remarks>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = new(Comparer<ManualTimer>.Create(static (left, right) => left.CompareTo(right)));
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;
    private TimeSpan _jumped;
    private long _sequence;

    /// <summary>A clock that shows the first moment of 2030.</summary>
    public ManualTime() : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)) { }

    /// <summary>A clock that shows a given moment.</summary>
    /// <param name="start">What the wall clock shows at first.</param>
    public ManualTime(DateTimeOffset start) => _start = start.ToUniversalTime();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How far the clock must be advanced for the next timer to fire; nothing while no timer runs.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_lock) return _timers.Min is { } next ? Later(next.Due - _elapsed, TimeSpan.Zero) : null;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _start + _elapsed + _jumped;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock) return _elapsed.Ticks;
    }

    /// <summary>
    /// Moves the clock on, and fires every timer that comes due on the way, those among them that were set by the ones before. Each timer
    /// sees the clock at its own time. Timers that are due at once fire when the clock is moved by nothing.
    /// </summary>
    /// <param name="by">How far; not back.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target;
        lock (_lock) target = _elapsed + by;
        while (TakeDue(target) is { } due) due.Fire();
        lock (_lock) _elapsed = Later(_elapsed, target);
    }

    /// <summary>Sets the wall clock forward or back, as a person or a time server does. No timer fires, and no timestamp changes.</summary>
    /// <param name="by">How far.</param>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_lock) _jumped += by;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } timer || timer.Due > target) return null;
            _timers.Remove(timer);
            _elapsed = Later(_elapsed, timer.Due);
            if (timer.Period > TimeSpan.Zero) Schedule_NeedsLock(timer, timer.Due + timer.Period);
            return timer;
        }
    }

    private void Schedule_NeedsLock(ManualTimer timer, TimeSpan due)
    {
        timer.Due = due;
        timer.Sequence = ++_sequence;
        _timers.Add(timer);
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        /// <summary>Tells timers of one moment apart: the one that was set first fires first.</summary>
        public long Sequence { get; set; }

        public int CompareTo(ManualTimer other) => Due != other.Due ? Due.CompareTo(other.Due) : Sequence.CompareTo(other.Sequence);

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            lock (time._lock)
            {
                if (_disposed) return false;
                time._timers.Remove(this);
                Period = period;
                if (dueTime >= TimeSpan.Zero) time.Schedule_NeedsLock(this, time._elapsed + dueTime);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                _disposed = true;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
