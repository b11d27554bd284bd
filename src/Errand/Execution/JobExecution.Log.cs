using Microsoft.Extensions.Logging;

namespace Errand;

internal sealed partial class JobExecution
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "A '{Kind}' blocked its thread for {Milliseconds:F0} ms before its first await; from now on its bodies run on threads of their own. " +
            "Declare it blocking to avoid this warning.")]
        public static partial void SeenBlocking(ILogger logger, string kind, double milliseconds);

        [LoggerMessage(2, LogLevel.Warning,
            "Job {Job} ({Kind}) was told to stop ({Reason}) and did not end in time; its work is left behind and can no longer write to it.")]
        public static partial void Abandoned(ILogger logger, JobId job, string kind, StopReason reason);

        [LoggerMessage(3, LogLevel.Warning,
            "Job {Job} ({Kind}) is no longer held by this runner; its work is told to stop and what it returns is not kept.")]
        public static partial void LeaseLost(ILogger logger, JobId job, string kind);

        [LoggerMessage(4, LogLevel.Warning, "The end of job {Job} could not be written and is tried again in {Milliseconds:F0} ms: {Problem}")]
        public static partial void EndDelayed(ILogger logger, JobId job, double milliseconds, string problem);

        [LoggerMessage(6, LogLevel.Warning, "The late result of cancelled job {Job} could not be removed; it goes with the job: {Problem}")]
        public static partial void ResultLeft(ILogger logger, JobId job, string problem);

        [LoggerMessage(5, LogLevel.Error, "The end of job {Job} was refused in phase {Phase} although this runner holds it.")]
        public static partial void EndRefused(ILogger logger, JobId job, JobPhase phase);

        [LoggerMessage(7, LogLevel.Warning, "That job {Job} waits for an answer could not be told, and is tried again: {Problem}")]
        public static partial void NoticeDelayed(ILogger logger, JobId job, string problem);
    }
}
