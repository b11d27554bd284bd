namespace Errand;

/// <summary>
/// How one execution is told to stop: the token its work sees, the first reason, and the clock of its wall time, which stands still while
/// it waits for input. Costs nothing until somebody looks at the token or sets a limit.
/// </summary>
internal sealed class ExecutionStop(TimeProvider time, Action<StopReason> stopped) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _source;
    private ITimer? _limitTimer;
    private TimeSpan _left;
    private long _clockStartedAt;
    private bool _clockRuns;
    private bool _disposed;

    public StopReason Reason { get; private set; }

    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                if (_source is null)
                {
                    _source = new CancellationTokenSource();
                    if (Reason != StopReason.None) _source.Cancel();
                }
                return _source.Token;
            }
        }
    }

    /// <summary>Tells the work to stop. The first reason stays, but for a kill, which outdoes a cancel.</summary>
    /// <returns>Whether this was news.</returns>
    public bool TryStop(StopReason reason)
    {
        CancellationTokenSource? source;
        lock (_lock)
        {
            bool news = Reason == StopReason.None || (Reason == StopReason.Cancelled && reason == StopReason.Killed);
            if (_disposed || !news) return false;
            Reason = reason;
            source = _source;
            _limitTimer?.Dispose();
        }
        stopped(reason);
        // The work's own callbacks run here, outside the lock.
        source?.Cancel();
        return true;
    }

    public void StartClock(TimeSpan? limit)
    {
        if (limit is not { } wallTime) return;
        lock (_lock)
        {
            _left = wallTime;
            _limitTimer = time.CreateTimer(static stop => ((ExecutionStop)stop!).TryStop(StopReason.TimedOut), this, wallTime, Timeout.InfiniteTimeSpan);
            _clockStartedAt = time.GetTimestamp();
            _clockRuns = true;
        }
    }

    public void PauseClock()
    {
        lock (_lock)
        {
            if (_limitTimer is null || !_clockRuns) return;
            _clockRuns = false;
            _left -= time.GetElapsedTime(_clockStartedAt);
            _limitTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void ResumeClock()
    {
        lock (_lock)
        {
            if (_limitTimer is null || _clockRuns || _disposed) return;
            _clockRuns = true;
            _clockStartedAt = time.GetTimestamp();
            _limitTimer.Change(_left > TimeSpan.Zero ? _left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _limitTimer?.Dispose();
            // Not disposed: abandoned work may still hold the token.
        }
    }
}
