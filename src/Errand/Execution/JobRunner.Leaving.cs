
namespace Errand;

// How the runner leaves when its host stops.
internal sealed partial class JobRunner
{
    private TaskCompletionSource? _emptied;

    /// <summary>
    /// Takes nothing more, leaves what goes on without this process to the next one, lets what else runs end within a time, tells the rest to
    /// stop, gives back what may run again and ends the rest as interrupted.
    /// </summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        if (_stopping) return;
        _stopping = true;
        _pumpBell.Ring();
        Log.Stopping(_core.Logger, _running.Count + _running.InlineCount);
        // What goes on without this process is left to the next one.
        foreach (var execution in All())
            if (execution.Outlives) execution.LeaveToNext();
        // What waits for a person may wait for days: it does not hold up the shutdown.
        foreach (var execution in _running.Stored())
            if (execution.Stored?.Current.Phase == JobPhase.Waiting) execution.Stop.TryStop(StopReason.ShuttingDown);
        await EmptyAsync(_core.Options.ShutdownTimeout, hurry);
        foreach (var execution in All()) execution.Stop.TryStop(StopReason.ShuttingDown);
        await EmptyAsync(_core.Options.StopGrace, CancellationToken.None);
        // Their ends may not be writable: the store can be what is wrong.
        foreach (var execution in All()) _ = execution.AbandonAsync();
        await EmptyAsync(_core.Options.StopGrace, CancellationToken.None);
        if (!_running.IsEmpty) Log.LeftUnwritten(_core.Logger, _running.Count);
        _left = true;
        _beatBell.Ring();
        await _loops;
        await LeaveAsync();
    }

    /// <summary>The host is thrown away, stopped or not: the loops end, and nothing is written any more.</summary>
    public void Abandon()
    {
        _stopping = true;
        _left = true;
        _pumpBell.Ring();
        _beatBell.Ring();
    }

    private IEnumerable<JobExecution> All() => [.. _running.Stored(), .. _running.Inline()];

    private void NoticeEmpty()
    {
        if (_running.IsEmpty) Volatile.Read(ref _emptied)?.TrySetResult();
    }

    private async Task EmptyAsync(TimeSpan atMost, CancellationToken hurry)
    {
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _emptied, emptied);
        NoticeEmpty();
        using var timer = _core.Time.CreateTimer(
            static source => ((TaskCompletionSource)source!).TrySetResult(), emptied, atMost, Timeout.InfiniteTimeSpan);
        using var registration = hurry.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), emptied);
        await emptied.Task;
    }

    /// <summary>Others need not wait for the lease to run out.</summary>
    private async ValueTask LeaveAsync()
    {
        try { await _core.Store.LapseAsync(Lease.Runner, Lease.LastBeat); }
        catch (StoreUnavailableException e) { Log.BeatFailed(_core.Logger, e.Message); }
    }
}
