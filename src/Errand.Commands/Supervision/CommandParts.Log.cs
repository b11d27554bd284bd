using Microsoft.Extensions.Logging;

namespace Errand.Commands;

internal sealed partial class CommandParts
{
    private static partial class Tell
    {
        [LoggerMessage(200, LogLevel.Information, "Commands are run by {Supervisor}. Limits and kills: {Report}.")]
        public static partial void Prepared(ILogger logger, string supervisor, string report);

        [LoggerMessage(201, LogLevel.Warning, "Commands cannot be run as they should: {Problem}")]
        public static partial void Unprepared(ILogger logger, string problem);
    }
}
