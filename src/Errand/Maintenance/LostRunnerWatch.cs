using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>
/// Watches the beats of other runners and declares lapsed those whose beat has not moved for a whole lease on this process's own monotonic
/// clock, and at once those whose process on this host is gone. Wall clocks may jump; nobody else's is trusted.
/// </summary>
internal sealed partial class LostRunnerWatch(IJobStore store, IHostProcesses processes, TimeProvider time, TimeSpan leaseTime, ILogger logger)
{
    private Dictionary<RunnerId, Sighting> _seen = [];

    /// <summary>Looks at the beats that a heartbeat has brought.</summary>
    /// <returns>Whether somebody has lapsed, so that there may be jobs to adopt.</returns>
    public async ValueTask<bool> ObserveAsync(IReadOnlyList<RunnerBeat> others)
    {
        bool anyLapsed = false;
        var seen = new Dictionary<RunnerId, Sighting>(others.Count);
        foreach (var other in others)
        {
            var sighting = _seen.TryGetValue(other.Runner, out var before) && before.Beat == other.Beat ? before : new(other.Beat, time.GetTimestamp());
            seen[other.Runner] = sighting;
            bool gone = other.Process is { } process && processes.IsGone(process);
            if (!gone && time.GetElapsedTime(sighting.Since) < leaseTime) continue;
            if (!await store.LapseAsync(other.Runner, other.Beat)) continue;
            Log.RunnerLapsed(logger, other.Runner, gone ? "its process is gone" : $"it was silent for {leaseTime.TotalSeconds:F0} s");
            anyLapsed = true;
        }
        _seen = seen;
        return anyLapsed;
    }

    private readonly record struct Sighting(long Beat, long Since);

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "Runner {Runner} has lapsed: {Reason}. Its jobs are taken over.")]
        public static partial void RunnerLapsed(ILogger logger, RunnerId runner, string reason);
    }
}
