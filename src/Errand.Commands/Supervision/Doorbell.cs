namespace Errand.Commands;

/// <summary>A bell that one loop sleeps beside. It is reset before the loop looks at what there is, so that no ring is ever missed.</summary>
internal sealed class Doorbell(TimeProvider time)
{
    private volatile TaskCompletionSource _rung = New();

    public void Ring() => _rung.TrySetResult();

    public void Reset()
    {
        if (_rung.Task.IsCompleted) _rung = New();
    }

    /// <summary>Sleeps until the bell has been rung since its reset, or the time is over.</summary>
    public async ValueTask WaitAsync(TimeSpan atMost)
    {
        var rung = _rung;
        if (rung.Task.IsCompleted) return;
        using var timer = atMost == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(static bell => ((TaskCompletionSource)bell!).TrySetResult(), rung, atMost, Timeout.InfiniteTimeSpan);
        await rung.Task;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
