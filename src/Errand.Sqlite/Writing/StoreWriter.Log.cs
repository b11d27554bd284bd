using Microsoft.Extensions.Logging;

namespace Errand.Sqlite;

internal sealed partial class StoreWriter
{
    [LoggerMessage(1, LogLevel.Warning, "Writes to the store fail: {Reason}")]
    private partial void LogFailed(string reason);
}
