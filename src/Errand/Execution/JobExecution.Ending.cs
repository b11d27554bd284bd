using Errand.Diagnostics;

namespace Errand;

// How the end of a stored job is written.
internal sealed partial class JobExecution
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Writes how the job ended, as often as it takes, and frees its slot.</summary>
    public async Task FinishAsync(JobOutcome outcome)
    {
        var stored = Stored!;
        if (await HearOfLeaseAsync(stored))
        {
            var proven = await WithProofAsync(Recorded(outcome));
            await WriteEndAsync(stored, proven);
            if (proven.LargeResultBytes is not null && stored.Current.State == JobState.Cancelled) await ForgetResultAsync();
        }
        else EndOutput()?.Discard();
        DisposeRun();
        Core.Runner!.OnEnded(this);
    }

    private JobOutcome Recorded(JobOutcome outcome)
    {
        // What stopped the work is the outcome: whatever the body then returned is not.
        if (_executor is not ICallBody body || Stop.IsPastLimit) return outcome;
        try { return body.Record(outcome); }
        catch (Exception e)
        {
            return JobOutcome.Failed(new JobError(
                JobErrorCodes.Exception, $"The work ended, but its result cannot be kept: {e.Message}", Retryable: false));
        }
    }

    /// <summary>An inline call has ended and was answered; nothing of it is kept.</summary>
    public void ForgetInline()
    {
        EndOutput()?.Discard();
        DisposeRun();
    }

    /// <summary>A process that was frozen must hear whether the job is still its own before it keeps anything of it.</summary>
    /// <returns>Whether it is.</returns>
    private async ValueTask<bool> HearOfLeaseAsync(RunningJob stored)
    {
        var runner = Core.Runner!;
        for (var pause = FirstPause; !runner.MayWrite(stored.Fence); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (runner.HasLost(stored.Fence) || runner.HasLeft) return false;
            runner.RingBeat();
            await Task.Delay(pause, Core.Time);
        }
        return true;
    }

    /// <summary>Whether the end is being written: those who wait are told by us, with the job, and need not read it.</summary>
    public bool IsEnding { get; private set; }

    private async Task WriteEndAsync(RunningJob stored, JobOutcome outcome)
    {
        IsEnding = true;
        if (await TryWriteEndAsync(stored, outcome)) Core.Signals.Publish(stored.Current);
        else Core.Signals.Nudge(Id);
    }

    /// <summary>Writes the end, as often as it takes.</summary>
    /// <returns>Whether the job is now known to be as this run has left it.</returns>
    private async ValueTask<bool> TryWriteEndAsync(RunningJob stored, JobOutcome outcome)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var (status, othersWrote) = await stored.WriteAsync(job => job.IsTerminal ? null : EndOf(job, outcome));
                if (status == ApplyStatus.Applied)
                {
                    ErrandTelemetry.Ended(this, stored.Current);
                    return !othersWrote;
                }
                // The answer to an earlier try may have been lost: then the job is where this write would have brought it.
                if (!stored.Current.IsTerminal && stored.Current.Fence == stored.Fence) Log.EndRefused(Core.Logger, Id, stored.Current.Phase);
                return false;
            }
            catch (Exception e)
            {
                Log.EndDelayed(Core.Logger, Id, pause.TotalMilliseconds, e.Message);
                if (Core.Runner!.HasLeft || Stop.Reason == StopReason.LeaseLost) return false;
            }
            await Task.Delay(pause, Core.Time);
        }
    }

    private JobTransition EndOf(Job job, JobOutcome outcome)
    {
        var now = Core.Time.GetJobTime();
        if (Stop.Reason == StopReason.ShuttingDown && Restartable && !outcome.Success)
            return JobTransition.GiveBack(job, "its process was shut down", new(now), now);
        if (outcome is not { State: JobState.Failed, Error: { } error }) return JobTransition.Finish(job.Fence, outcome, now);
        var policy = Spec.Retry ?? _kind?.Retry ?? RetryPolicy.None;
        if (!policy.Allows(job.Attempt, error)) return JobTransition.Finish(job.Fence, outcome, now, deadLetter: policy.MaxRetries > 0);
        var due = now + policy.DelayAfter(job.Attempt, error, job.Id);
        return JobTransition.Retry(job, error, new(due, IsFuture: due > now), now);
    }

    private async ValueTask<JobOutcome> WithProofAsync(JobOutcome outcome)
    {
        if (outcome.Result.Length > Core.Options.MaxInlineResultBytes)
        {
            try
            {
                await Core.OutputLog.WriteResultAsync(Id, Attempt, outcome.Result);
                outcome = outcome with { Result = JobData.None, LargeResultBytes = outcome.Result.Length };
            }
            catch (Exception e)
            {
                outcome = JobOutcome.Failed(new JobError("result_lost",
                    $"The work ended well, but its result of {outcome.Result.Length:N0} bytes could not be kept: {e.Message}"));
            }
        }
        return EndOutput() is { } output && await output.CompleteAsync() is { } summary ? outcome with { Output = summary } : outcome;
    }

    /// <summary>A cancel came first: what the work returned is not kept beside its output either.</summary>
    private async ValueTask ForgetResultAsync()
    {
        try { await Core.OutputLog.WriteResultAsync(Id, Attempt, JobData.None); }
        catch (Exception e)
        {
            Log.ResultLeft(Core.Logger, Id, e.Message);
        }
    }

    private void ReleaseSlot()
    {
        lock (Lock)
        {
            if (!_holdsSlot) return;
            _holdsSlot = false;
        }
        Core.Runner!.Admission.Release();
    }

    private void RetakeSlot()
    {
        lock (Lock)
        {
            if (_holdsSlot || !TakesSlot || _concluded != 0) return;
            _holdsSlot = true;
        }
        Core.Runner!.Admission.Take();
    }

    /// <summary>Gives up the slot for good; only the runner calls it, once the execution is over.</summary>
    public void SurrenderSlot() => ReleaseSlot();
}
