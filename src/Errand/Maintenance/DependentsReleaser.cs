using Errand.Diagnostics;
using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>Tells jobs that start after others of their end, and ends those that can never start. Any process does it for all.</summary>
internal sealed partial class DependentsReleaser(ErrandCore core) : IDisposable
{
    // Few enough that nobody else's write waits long.
    private const int AtOnce = 1000;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private readonly WakeUp _bell = new(core.Time);
    private IDisposable? _hints;
    private volatile bool _stopped;

    public void Start()
    {
        _hints = core.Store.Subscribe(hint =>
        {
            if (hint.Releases) _bell.Ring();
        });
        _ = core.Scheduler.Run(LoopAsync);
    }

    public void Stop()
    {
        _stopped = true;
        _bell.Ring();
    }

    public void Dispose()
    {
        Stop();
        _hints?.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!_stopped)
        {
            try
            {
                while (!_stopped && await ReleaseAsync()) { }
            }
            catch (Exception e)
            {
                Log.Delayed(core.Logger, e.Message);
            }
            // Whoever died between an end and its release is made up for by the next look.
            if (!_stopped) await _bell.SleepAsync(LookInterval);
        }
    }

    private async ValueTask<bool> ReleaseAsync()
    {
        var (unmet, more) = await core.Store.ReleaseAsync(AtOnce);
        if (unmet.Count == 0) return more;
        var now = core.Time.GetJobTime();
        JobWrite[] writes = [.. unmet.Select(dependency => new JobWrite(dependency.Job, RejectionOf(dependency, now)))];
        var results = await core.Store.ApplyAsync(writes);
        for (int i = 0; i < writes.Length; i++)
            if (results[i].Status == ApplyStatus.Applied && await core.Store.FindAsync(writes[i].Id) is { } ended) ErrandTelemetry.Ended(ended);
        return true;
    }

    private static JobTransition RejectionOf(UnmetDependency dependency, DateTimeOffset now)
    {
        bool failed = dependency.ParentPhase == JobPhase.Failed;
        string reason = $"job {dependency.Parent}, which it was to start after, {(failed ? "failed" : "was cancelled")}";
        var outcome = failed
            ? JobOutcome.Failed(new JobError(JobErrorCodes.DependencyFailed, $"It never started: {reason}.", Retryable: false))
            : JobOutcome.Cancelled;
        return JobTransition.Reject(outcome, reason, now);
    }

    private static partial class Log
    {
        [LoggerMessage(52, LogLevel.Warning, "Jobs that start after others could not be told for now: {Problem}")]
        public static partial void Delayed(ILogger logger, string problem);
    }
}
