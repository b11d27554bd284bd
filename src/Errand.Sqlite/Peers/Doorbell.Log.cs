using Microsoft.Extensions.Logging;

namespace Errand.Sqlite;

internal sealed partial class Doorbell
{
    [LoggerMessage(2, LogLevel.Information, "No doorbell in {Folder} ({Reason}): writes of other processes are noticed a little later")]
    private static partial void LogNoDoorbell(ILogger logger, string folder, string reason);
}
