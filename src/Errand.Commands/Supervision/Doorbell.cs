namespace Errand.Commands;

/// <summary>A bell that one loop sleeps beside. It is reset before the loop looks at what there is, so that no ring is ever missed.</summary>
internal sealed class Doorbell(TimeProvider time)
{
    private TaskCompletionSource _rung = New();

    // Whoever rings has written something before, and whoever resets reads it after. Without barriers between each pair the processor may
    // turn both round, and the ring goes to the old bell while the loop sees the old news.
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _rung).TrySetResult();
    }

    public void Reset()
    {
        if (Volatile.Read(ref _rung).Task.IsCompleted) Interlocked.Exchange(ref _rung, New());
        else Interlocked.MemoryBarrier();
    }

    /// <summary>Sleeps until the bell has been rung since its reset, or the time is over.</summary>
    public async ValueTask WaitAsync(TimeSpan atMost)
    {
        var rung = Volatile.Read(ref _rung);
        if (rung.Task.IsCompleted) return;
        using var timer = atMost == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(static bell => ((TaskCompletionSource)bell!).TrySetResult(), rung, atMost, Timeout.InfiniteTimeSpan);
        await rung.Task;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
