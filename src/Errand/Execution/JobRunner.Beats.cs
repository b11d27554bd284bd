
namespace Errand;

// How the runner shows that it lives, and what it learns by it.
internal sealed partial class JobRunner
{
    private readonly TaskCompletionSource _firstBeat = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once the runner has tried to show that it lives: what comes before that it could not hand over.</summary>
    public Task FirstBeat => _firstBeat.Task;

    private async Task BeatAsync()
    {
        while (!HasLeft)
        {
            try
            {
                await BeatOnceAsync();
            }
            catch (StoreUnavailableException e)
            {
                Log.BeatFailed(_core.Logger, e.Message);
            }
            catch (Exception e)
            {
                Log.LoopFailed(_core.Logger, e, "show that it lives");
            }
            _firstBeat.TrySetResult();
            if (!HasLeft) await _beatBell.SleepAsync(_core.Options.BeatInterval);
        }
    }

    private async ValueTask BeatOnceAsync()
    {
        var lease = Lease;
        long sentAt = _core.Time.GetTimestamp();
        var result = await _core.Store.HeartbeatAsync(lease.NextBeat(_core.HostProcesses.Current));
        if (result.Lapsed)
        {
            LoseLease(lease);
            return;
        }
        bool wasStale = !lease.IsFresh;
        lease.Renew(sentAt);
        if (wasStale) RingPump();
        BeginToTakeUpOrphans();
        foreach (var held in result.Held)
        {
            if (_running.Find(held.Id) is { } execution) execution.OnHeld(held.Phase);
        }
        foreach (var id in _lostAnswers.Confirm(result.Held)) _core.Scheduler.Queue(() => _ = TakeUpAsync(id));
        if (await _lostRunners.ObserveAsync(result.Others)) RingPump();
    }

    /// <summary>Others may hold our jobs by now: lets go of all of them and comes back under a new name.</summary>
    private void LoseLease(RunnerLease lease)
    {
        Log.Lapsed(_core.Logger, lease.Runner);
        lease.Lose();
        var held = _running.Stored();
        Volatile.Write(ref _lease, NewLease());
        foreach (var execution in held) execution.Stop.TryStop(StopReason.LeaseLost);
        _beatBell.Ring();
        RingPump();
    }

    /// <summary>Takes up a job that this runner holds and does not know of: the answer to its claim was lost on the way.</summary>
    private async Task TakeUpAsync(JobId id)
    {
        _lostAnswers.Settle(id);
        try
        {
            var job = await _core.Store.FindAsync(id);
            if (job is null || job.IsTerminal || job.Runner != Lease.Runner || _running.Find(id) is not null || _stopping) return;
            if (_core.Kinds.Find(job.Kind) is not { } kind) return;
            var history = await _core.Store.HistoryAsync(id);
            bool adopted = history.Any(line => line.Name == JobEvents.Adopted && line.By == job.Runner?.Text);
            Log.TakenUp(_core.Logger, id);
            TakeSlot(kind);
            if (adopted) BeginAdopted(job);
            else Begin(job, resume: false);
        }
        catch (Exception)
        {
            // The next beats find it again.
        }
        finally
        {
            _lostAnswers.Forget(id);
        }
    }
}
