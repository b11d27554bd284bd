using Microsoft.Extensions.Logging;

namespace Errand.PostgreSql;

internal sealed partial class Doorbell
{
    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The connection that listens for other processes' writes was lost; until it is back, they are found by polling: {Reason}")]
        public static partial void ListenerLost(ILogger logger, string reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Listening for other processes' writes again.")]
        public static partial void ListenerBack(ILogger logger);

        [LoggerMessage(EventId = 3, Level = LogLevel.Debug,
            Message = "Other processes could not be told of writes; they will find them by polling: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
