using Microsoft.Extensions.Logging;

namespace Errand;

internal sealed partial class ScheduleTicker
{
    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Debug, "Schedule {Schedule} was due: {Count} runs were submitted for the time up to {Until}.")]
        public static partial void Ran(ILogger logger, string schedule, int count, DateTimeOffset until);

        [LoggerMessage(61, LogLevel.Warning, "A run of schedule {Schedule} could not be submitted, and is tried again: {Problem}")]
        public static partial void NotStarted(ILogger logger, string schedule, string problem);

        [LoggerMessage(62, LogLevel.Warning, "Schedule {Schedule} is not understood here and left to other servers: {Problem}")]
        public static partial void NotUnderstood(ILogger logger, string schedule, string problem);

        [LoggerMessage(63, LogLevel.Warning, "Schedules cannot be read or written for now: {Problem}")]
        public static partial void LoopFailed(ILogger logger, string problem);
    }
}
