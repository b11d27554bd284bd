namespace Errand;

// Work that goes on when its process stops.
internal sealed partial class JobExecution
{
    /// <summary>Whether the work is left to whoever takes the job up next, so that nothing it says here is its end.</summary>
    private bool IsLeft => Outlives && Stop.Reason == StopReason.ShuttingDown;

    /// <summary>Leaves the work to the next runner: nothing is written, and the job stays running. A call is handed over first.</summary>
    public void LeaveToNext()
    {
        if (Stored is null && Call is { } call) call.HandOverToLeave();
        else Stop.TryStop(StopReason.ShuttingDown);
        Core.Scheduler.Queue(() => _ = LeaveAfterAsync(Core.Options.StopGrace));
    }

    // An executor that does not let go, a cancel under way and a store that does not take the call hold the process up for so long only.
    private async Task LeaveAfterAsync(TimeSpan grace)
    {
        await Task.Delay(grace, Core.Time);
        Stop.TryStop(StopReason.ShuttingDown);
        if (TryConclude()) Leave();
    }

    private void Leave()
    {
        Call?.OnLeft();
        EndOutput()?.Leave();
        DisposeRun();
        if (Stored is null) Core.Runner!.RemoveInline(this);
        else Core.Runner!.OnEnded(this);
    }
}
