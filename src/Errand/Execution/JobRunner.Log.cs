using Microsoft.Extensions.Logging;

namespace Errand;

internal sealed partial class JobRunner
{
    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "No jobs can be claimed for now: {Problem}")]
        public static partial void ClaimFailed(ILogger logger, string problem);

        [LoggerMessage(21, LogLevel.Warning, "The runner could not show that it lives: {Problem}")]
        public static partial void BeatFailed(ILogger logger, string problem);

        [LoggerMessage(22, LogLevel.Warning,
            "Runner {Runner} was declared gone while it was frozen or cut off; it lets go of its jobs and comes back under a new name.")]
        public static partial void Lapsed(ILogger logger, RunnerId runner);

        [LoggerMessage(23, LogLevel.Information, "Job {Job} was claimed by a call whose answer was lost; it is taken up now.")]
        public static partial void TakenUp(ILogger logger, JobId job);

        [LoggerMessage(25, LogLevel.Error, "The runner could not {Deed}, and tries again.")]
        public static partial void LoopFailed(ILogger logger, Exception problem, string deed);

        [LoggerMessage(26, LogLevel.Warning, "Stopped although the ends of {Count} jobs could not be written; another runner takes them up.")]
        public static partial void LeftUnwritten(ILogger logger, int count);

        [LoggerMessage(27, LogLevel.Information, "Job {Job} ({Kind}) was left behind by a process that died before it was stored; it is taken up now.")]
        public static partial void OrphanTakenUp(ILogger logger, JobId job, string kind);

        [LoggerMessage(28, LogLevel.Warning,
            "Job {Job} was left behind by a process that died before it was stored, and is of kind '{Kind}', which this process does not know.")]
        public static partial void OrphanUnknown(ILogger logger, JobId job, string kind);

        [LoggerMessage(29, LogLevel.Warning, "Work that was left behind cannot be taken up for now: {Problem}")]
        public static partial void OrphansDelayed(ILogger logger, string problem);

        [LoggerMessage(24, LogLevel.Information, "Stopping with {Count} jobs in flight.")]
        public static partial void Stopping(ILogger logger, int count);
    }
}
