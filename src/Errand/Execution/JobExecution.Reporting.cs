using System.Globalization;

namespace Errand;

// What the work says while it runs.
internal sealed partial class JobExecution
{
    // One for each question that is open, for a bell wakes one sleeper.
    private WakeUp[] _bells = [];
    private long _progressWrittenAt;
    private bool _progressPending;
    private int _asked;
    private int _waits;

    public void Report(JobProgress value)
    {
        _progress = value;
        ScheduleProgressWrite();
    }

    public async ValueTask SaveCheckpointAsync(JobData checkpoint)
    {
        if (checkpoint.Length > Core.Options.MaxPayloadBytes)
            throw new PayloadTooLargeException("checkpoint", checkpoint.Length, Core.Options.MaxPayloadBytes);
        _checkpoint = checkpoint;
        // A call that is still inline takes it along when it is promoted: there is nothing to come back to before.
        if (Stored is { } stored) await WriteOrStopAsync(stored, job => JobTransition.SaveCheckpoint(job.Fence, checkpoint, Core.Time.GetJobTime()));
    }

    public async ValueTask<JobData> AskAsync(JobData request)
    {
        if (request.Length > Core.Options.MaxPayloadBytes)
            throw new PayloadTooLargeException("question", request.Length, Core.Options.MaxPayloadBytes);
        string key = Interlocked.Increment(ref _asked).ToString(CultureInfo.InvariantCulture);
        Stop.ThrowIfStopped();
        if (Stored is null) await Call!.PromoteNowAsync();
        var stored = Stored!;
        var bell = new WakeUp(Core.Time);
        // An answer may come as soon as the question is written.
        lock (Lock) _bells = [.. _bells, bell];
        try
        {
            while (true)
            {
                if (AnswerTo(stored.Current, key) is { } known) return known;
                if (await WriteOrStopAsync(stored, job => Await(job, key, request)) == ApplyStatus.Applied) break;
                await stored.RefreshAsync();
            }
            return await WaitForAnswerAsync(stored, key, bell);
        }
        finally
        {
            lock (Lock) _bells = [.. _bells.Where(other => other != bell)];
        }
    }

    private void RingForAnswers()
    {
        foreach (var bell in Volatile.Read(ref _bells)) bell.Ring();
    }

    private async ValueTask<JobData> WaitForAnswerAsync(RunningJob stored, string key, WakeUp answers)
    {
        BeginToWait();
        bool told = false;
        using var stop = Stop.Token.UnsafeRegister(static bell => ((WakeUp)bell!).Ring(), answers);
        try
        {
            while (true)
            {
                // What begins to wait for a person while the process stops does not hold it up either.
                if (Core.Runner!.IsStopping) Stop.TryStop(StopReason.ShuttingDown);
                Stop.ThrowIfStopped();
                // Work may end with its question open: a process that asks may die before it is answered.
                if (Volatile.Read(ref _concluded) != 0) throw new OperationCanceledException("The work has ended.");
                if (AnswerTo(stored.Current, key) is { } answer) return answer;
                told = told || await TryTellAsync(key);
                await answers.SleepAsync(Core.Options.LeaseTime);
                await stored.RefreshAsync();
            }
        }
        finally { EndToWait(); }
    }

    // As long as any of several questions is open.
    private void BeginToWait()
    {
        lock (Lock)
        {
            if (_waits++ > 0) return;
            Stop.PauseClock();
        }
        ReleaseSlot();
    }

    private void EndToWait()
    {
        lock (Lock)
        {
            if (--_waits > 0) return;
            Stop.ResumeClock();
        }
        RetakeSlot();
    }

    /// <summary>Lets those be told who want to know that a person is needed. A run after a crash does it once more, and changes nothing.</summary>
    /// <returns>Whether that is done.</returns>
    private async ValueTask<bool> TryTellAsync(string key)
    {
        if (Spec.Notify.Count == 0) return true;
        try
        {
            var notices = Core.Notices.OfInput(Stored!.Current, key);
            if (notices.Count > 0) NoticeJobs.Count(await Core.Store.AddAsync(notices), from: 0);
            Core.Runner!.RingPump();
            return true;
        }
        catch (Exception e)
        {
            Log.NoticeDelayed(Core.Logger, Id, e.Message);
            return false;
        }
    }

    private JobTransition Await(Job job, string key, JobData request)
    {
        var now = Core.Time.GetJobTime();
        // A job that runs again may find its question still open.
        var inputs = job.Inputs.Any(input => input.Key == key) ? job.Inputs : [.. job.Inputs, new JobInput(key, request, now)];
        return JobTransition.AwaitInput(job.Fence, inputs, job.Version, now);
    }

    private static JobData? AnswerTo(Job job, string key)
    {
        foreach (var input in job.Inputs)
            if (input.Key == key && !input.IsOutstanding) return input.Answer;
        return null;
    }

    /// <summary>Writes for the body: where the job is no longer this runner's, the body is told to stop.</summary>
    private async ValueTask<ApplyStatus> WriteOrStopAsync(RunningJob stored, Func<Job, JobTransition?> transition)
    {
        var (status, othersWrote) = await stored.WriteAsync(transition);
        if (othersWrote) await LookAsync(stored);
        Stop.ThrowIfStopped();
        return status;
    }

    private void ScheduleProgressWrite()
    {
        if (Stored is null || _progress is null) return;
        TimeSpan wait;
        lock (Lock)
        {
            if (_progressPending || _concluded != 0) return;
            _progressPending = true;
            wait = _progressWrittenAt == 0 ? TimeSpan.Zero : Core.Options.ProgressInterval - Core.Time.GetElapsedTime(_progressWrittenAt);
        }
        Core.Scheduler.Queue(() => _ = WriteProgressAsync(wait));
    }

    private async Task WriteProgressAsync(TimeSpan wait)
    {
        try
        {
            if (wait > TimeSpan.Zero) await Task.Delay(wait, Core.Time, Stop.Token);
            JobProgress progress;
            lock (Lock)
            {
                _progressPending = false;
                _progressWrittenAt = Core.Time.GetTimestamp();
                progress = _progress!;
            }
            var stored = Stored!;
            var (_, othersWrote) = await stored.WriteAsync(job => _concluded != 0 || job.Progress == progress
                ? null
                : JobTransition.ReportProgress(job.Fence, progress, Core.Time.GetJobTime()));
            if (othersWrote) await LookAsync(stored);
        }
        catch (Exception)
        {
            // The next report, or the end, says more than this one would have.
            lock (Lock) _progressPending = false;
        }
    }
}
