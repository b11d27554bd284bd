using Errand.Storage;

namespace Errand;

// How the work is told to stop, and what is done with work that does not.
internal sealed partial class JobExecution
{
    /// <summary>A hint says that the job was written; looks whether somebody else did it.</summary>
    public void OnHint(JobHint hint)
    {
        if (Stored is { } stored && stored.IsNews(hint)) Core.Scheduler.Queue(() => _ = LookAgainAsync(stored));
    }

    /// <summary>A heartbeat says in which phase the job is.</summary>
    public void OnHeld(JobPhase phase)
    {
        if (Stored is not { } stored || stored.Current.Phase == phase) return;
        Core.Scheduler.Queue(() => _ = LookAgainAsync(stored));
    }

    private async Task LookAgainAsync(RunningJob stored)
    {
        try { await LookAsync(stored); }
        catch (Exception)
        {
            // The next beat asks again.
        }
    }

    /// <summary>Reads the job and does what others have asked for: stop, go on with an answer, let go.</summary>
    private async ValueTask LookAsync(RunningJob stored)
    {
        var job = await stored.RefreshAsync();
        if (_concluded != 0) return;
        if (job is null || job.IsTerminal || job.Fence != stored.Fence) Stop.TryStop(StopReason.LeaseLost);
        else StopForCancel(job);
        RingForAnswers();
    }

    private void StopForCancel(Job job)
    {
        if (job.CancelRequest is { } request) Stop.TryStop(request.Force ? StopReason.Killed : StopReason.Cancelled);
    }

    /// <summary>The work was told to stop, for this reason; told once, outside every lock.</summary>
    public void OnStopped(StopReason reason)
    {
        if (reason is StopReason.Cancelled or StopReason.Killed && Stored is { } stored)
        {
            var line = new JobEvent(
                Core.Time.GetJobTime(), JobEvents.Signalled, null, reason == StopReason.Killed ? "told to stop at once" : "told to stop", Attempt);
            Core.Scheduler.Queue(() => _ = NoteAsync(stored, line));
        }
        // A plain cancel ends when the work ends. The others do not wait for ever for work that does not listen.
        if (reason is StopReason.Killed or StopReason.TimedOut or StopReason.OutputLimit) Core.Scheduler.Queue(() => _ = AbandonAfterAsync(Core.Options.StopGrace));
        if (reason is StopReason.LeaseLost) Core.Scheduler.Queue(LetGo);
    }

    private async Task AbandonAfterAsync(TimeSpan grace)
    {
        await Task.Delay(grace, Core.Time);
        await AbandonAsync();
    }

    /// <summary>Ends the job although its work has not ended; the work can no longer write to it.</summary>
    public async Task AbandonAsync()
    {
        if (!TryConclude()) return;
        if (Outlives && Core.Runner!.IsStopping)
        {
            Leave();
            return;
        }
        Log.Abandoned(Core.Logger, Id, Spec.Kind, Stop.Reason);
        if (Stored is { } stored)
            await NoteAsync(
                stored,
                new JobEvent(Core.Time.GetJobTime(), JobEvents.Abandoned, null, "its work did not stop in time and was left behind", Attempt));
        Conclude(Stop.Reason switch
        {
            StopReason.TimedOut => TimedOut(),
            StopReason.OutputLimit => WroteTooMuch(),
            StopReason.ShuttingDown => ShutDown(),
            _ => JobOutcome.Cancelled,
        });
    }

    /// <summary>Another runner has the job, or may have: nothing is written any more.</summary>
    private void LetGo()
    {
        if (!TryConclude()) return;
        Log.LeaseLost(Core.Logger, Id, Spec.Kind);
        Core.Runner!.OnEnded(this);
        EndOutput()?.Discard();
        DisposeRun();
    }

    /// <summary>Adds a line to the history of a stored job, if it can be written.</summary>
    public Task NoteAsync(JobEvent line) => NoteAsync(Stored!, line);

    private static async Task NoteAsync(RunningJob stored, JobEvent line)
    {
        try { await stored.WriteAsync(job => job.IsTerminal ? null : JobTransition.Note(job.Fence, line)); }
        catch (Exception)
        {
            // The history misses a line; the end is written without it.
        }
    }
}
