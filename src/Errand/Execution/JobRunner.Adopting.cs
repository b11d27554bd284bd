using Errand.Diagnostics;

namespace Errand;

// What becomes of jobs whose runner was gone.
internal sealed partial class JobRunner
{
    /// <returns>How many slots it takes.</returns>
    private int BeginAdopted(Job job)
    {
        var kind = _core.Kinds.Find(job.Kind)!;
        if (job.Phase == JobPhase.Running && kind is { Restartable: true, Outlives: false })
        {
            _lostAnswers.Settle(job.Id);
            _core.Scheduler.Queue(() => _ = RestartAsync(job, kind));
            return SlotsOf(kind);
        }
        return Begin(job, resume: true);
    }

    private async Task RestartAsync(Job job, JobKind kind)
    {
        var stored = new RunningJob(_core.Store, job);
        try
        {
            int crashes = 1 + (await _core.Store.HistoryAsync(job.Id)).Count(line => line.Name == JobEvents.Crashed);
            bool again = crashes < _core.Options.MaxCrashes;
            var (status, _) = await stored.WriteAsync(held => again
                ? JobTransition.Restart(held, "its runner was gone", _core.Time.GetJobTime())
                : JobTransition.Finish(held.Fence, CrashLoop(crashes), _core.Time.GetJobTime(), deadLetter: true));
            // A cancel came in between: there is nothing to restart, only to end.
            if (status == ApplyStatus.Applied && again) Begin(stored.Current, resume: false);
            else if (stored.Current.Fence == job.Fence && !stored.Current.IsTerminal) Begin(stored.Current, resume: true);
            else
            {
                if (status == ApplyStatus.Applied) ErrandTelemetry.Ended(stored.Current);
                ReleaseSlot(kind);
            }
        }
        catch (Exception)
        {
            // Held and not running: the next beats find it again.
            ReleaseSlot(kind);
        }
        finally
        {
            _lostAnswers.Forget(job.Id);
        }
    }

    private static JobOutcome CrashLoop(int crashes) => JobOutcome.Failed(new JobError(JobErrorCodes.CrashLoop,
        $"The process that ran it died {crashes} times, so it is not started again (ErrandOptions.MaxCrashes). " +
        "Look at its output and at the logs of its runners, then redrive it.", Retryable: false));
}
