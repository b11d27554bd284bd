namespace Errand;

/// <summary>
/// How one execution is told to stop: the token its work sees, the first reason, and the clock of its wall time, which stands still while
/// it waits for input. Costs nothing until somebody looks at the token or the limit can be reached.
/// </summary>
/// <param name="execution">Is told once it is stopped.</param>
internal sealed class ExecutionStop(JobExecution execution)
{
    private CancellationTokenSource? _source;
    private ITimer? _limitTimer;
    private TimeSpan _limit;
    private TimeSpan _ran;
    private long _clockStartedAt;
    private bool _clockRuns;
    private bool _isOver;

    public StopReason Reason { get; private set; }

    /// <summary>Whether the work went past one of its limits, so that whatever it then returns is not its outcome.</summary>
    public bool IsPastLimit => Reason is StopReason.TimedOut or StopReason.OutputLimit;

    public CancellationToken Token
    {
        get
        {
            lock (execution.Lock)
            {
                if (_source is null)
                {
                    _source = new CancellationTokenSource();
                    if (Reason != StopReason.None) _source.Cancel();
                    WatchLimit_NeedsLock();
                }
                return _source.Token;
            }
        }
    }

    private TimeProvider Time => execution.Core.Time;

    /// <summary>Tells the work to stop. The first reason stays, but for a kill, which outdoes a cancel.</summary>
    /// <returns>Whether this was news.</returns>
    public bool TryStop(StopReason reason)
    {
        CancellationTokenSource? source;
        lock (execution.Lock)
        {
            bool news = Reason == StopReason.None || (Reason == StopReason.Cancelled && reason == StopReason.Killed);
            if (_isOver || !news) return false;
            Reason = reason;
            source = _source;
            _limitTimer?.Dispose();
        }
        execution.OnStopped(reason);
        if (source is not null) execution.Core.Scheduler.Queue(() => Cancel(source));
        return true;
    }

    /// <summary>Ends the work that asks, if it is told to stop.</summary>
    public void ThrowIfStopped()
    {
        if (Reason != StopReason.None) throw new OperationCanceledException(Token);
    }

    /// <summary>The work starts now, or goes on after it has run for a while, and may take so long.</summary>
    public void StartClock(TimeSpan? limit, TimeSpan ran = default)
    {
        lock (execution.Lock)
        {
            _ran = ran;
            _limit = limit ?? Timeout.InfiniteTimeSpan;
            _clockStartedAt = Time.GetTimestamp();
            _clockRuns = true;
        }
    }

    /// <summary>From now on the limit is kept. Before, somebody else makes sure that the work does not go on for long.</summary>
    public void WatchLimit()
    {
        lock (execution.Lock) WatchLimit_NeedsLock();
    }

    public void PauseClock()
    {
        lock (execution.Lock)
        {
            if (!_clockRuns) return;
            _ran = Ran_NeedsLock();
            _clockRuns = false;
            _limitTimer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void ResumeClock()
    {
        lock (execution.Lock)
        {
            if (_clockRuns || _isOver) return;
            _clockRuns = true;
            _clockStartedAt = Time.GetTimestamp();
            if (_limitTimer is null) WatchLimit_NeedsLock();
            else _limitTimer.Change(Left_NeedsLock(), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>For how long the work has run.</summary>
    public TimeSpan Ran()
    {
        lock (execution.Lock) return Ran_NeedsLock();
    }

    /// <summary>The work is over: nothing stops it any more.</summary>
    public void End()
    {
        lock (execution.Lock)
        {
            _isOver = true;
            _limitTimer?.Dispose();
            // The source is not disposed: abandoned work may still hold the token.
        }
    }

    // The work's own callbacks run here, on nobody's loop: they may block, and what they throw is of no use to anybody else.
    private static void Cancel(CancellationTokenSource source)
    {
        try { source.Cancel(); }
        catch (AggregateException)
        {
            // The token is cancelled all the same.
        }
    }

    private void WatchLimit_NeedsLock()
    {
        if (_limit == Timeout.InfiniteTimeSpan || _limitTimer is not null || !_clockRuns || _isOver || Reason != StopReason.None) return;
        _limitTimer = Time.CreateTimer(
            static stop => ((ExecutionStop)stop!).TryStop(StopReason.TimedOut), this, Left_NeedsLock(), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Ran_NeedsLock() => _clockRuns ? _ran + Time.GetElapsedTime(_clockStartedAt) : _ran;

    private TimeSpan Left_NeedsLock() => Ran_NeedsLock() is var ran && ran < _limit ? _limit - ran : TimeSpan.Zero;
}
