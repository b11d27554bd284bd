namespace Errand;

/// <summary>A bell that one loop sleeps beside: rings while it is awake are answered by one more round.</summary>
internal sealed class WakeUp(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _sleeper;
    private bool _rung;

    public void Ring()
    {
        TaskCompletionSource? sleeper;
        lock (_lock)
        {
            sleeper = _sleeper;
            _sleeper = null;
            _rung = sleeper is null;
        }
        sleeper?.TrySetResult();
    }

    /// <summary>Sleeps until the bell rings or the time is over.</summary>
    public async ValueTask SleepAsync(TimeSpan atMost)
    {
        TaskCompletionSource sleeper;
        lock (_lock)
        {
            if (_rung)
            {
                _rung = false;
                return;
            }
            _sleeper = sleeper = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        using var timer = atMost == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(
                static bell => ((WakeUp)bell!).Ring(), this, atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await sleeper.Task;
    }
}
