using Microsoft.Extensions.Logging;

namespace Errand.PostgreSql;

public sealed partial class PostgreSqlJobStore
{
    private static partial class Log
    {
        [LoggerMessage(EventId = 4, Level = LogLevel.Debug, Message = "Old changes could not be forgotten for now: {Reason}")]
        public static partial void NotTrimmed(ILogger logger, string reason);
    }
}
