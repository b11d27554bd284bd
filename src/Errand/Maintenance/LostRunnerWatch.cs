using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>
/// Watches the beats of other runners and declares lapsed those whose beat has not moved for a whole lease on this process's own monotonic
/// clock, and at once those whose process on this host is gone. Wall clocks may jump; nobody else's is trusted. Only time in which it could
/// look counts: when the store was away for all, or this process was frozen, others were perhaps no more silent than it was.
/// </summary>
internal sealed partial class LostRunnerWatch(IJobStore store, IHostProcesses processes, TimeProvider time, TimeSpan leaseTime, ILogger logger)
{
    private Dictionary<RunnerId, Sighting> _seen = [];
    private long _lookedAt;

    /// <summary>Looks at the beats that a heartbeat has brought.</summary>
    /// <returns>Whether somebody has lapsed, so that there may be jobs to adopt.</returns>
    public async ValueTask<bool> ObserveAsync(IReadOnlyList<RunnerBeat> others)
    {
        bool anyLapsed = false;
        var watched = TimeSinceLastLook();
        var seen = new Dictionary<RunnerId, Sighting>(others.Count);
        foreach (var other in others)
        {
            bool isSilent = _seen.TryGetValue(other.Runner, out var before) && before.Beat == other.Beat;
            var sighting = isSilent ? before with { Silent = before.Silent + watched } : new(other.Beat, TimeSpan.Zero);
            seen[other.Runner] = sighting;
            bool gone = other.Process is { } process && processes.IsGone(process);
            if (!gone && sighting.Silent < leaseTime) continue;
            if (!await store.LapseAsync(other.Runner, other.Beat)) continue;
            Log.RunnerLapsed(logger, other.Runner, gone ? "its process is gone" : $"it was silent for {leaseTime.TotalSeconds:F0} s");
            anyLapsed = true;
        }
        _seen = seen;
        return anyLapsed;
    }

    /// <summary>A look is due every third of a lease at least; what is missing beyond a late one was no watching.</summary>
    private TimeSpan TimeSinceLastLook()
    {
        long now = time.GetTimestamp();
        var since = _seen.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lookedAt, now);
        _lookedAt = now;
        return since < leaseTime / 2 ? since : leaseTime / 2;
    }

    private readonly record struct Sighting(long Beat, TimeSpan Silent);

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "Runner {Runner} has lapsed: {Reason}. Its jobs are taken over.")]
        public static partial void RunnerLapsed(ILogger logger, RunnerId runner, string reason);
    }
}
