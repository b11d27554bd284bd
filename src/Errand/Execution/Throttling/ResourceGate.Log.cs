using Microsoft.Extensions.Logging;

namespace Errand;

internal sealed partial class ResourceGate
{
    private static partial class Log
    {
        [LoggerMessage(32, LogLevel.Warning, "No more jobs are started here for now: {Reason} (ErrandOptions.Throttle). What runs goes on.")]
        public static partial void Closed(ILogger logger, string reason);

        [LoggerMessage(33, LogLevel.Information, "Jobs are started here again.")]
        public static partial void Opened(ILogger logger);

        [LoggerMessage(34, LogLevel.Warning, "A reading of the machine's resources failed; its limit in ErrandOptions.Throttle is not kept.")]
        public static partial void ReadingFailed(ILogger logger, Exception problem);
    }
}
