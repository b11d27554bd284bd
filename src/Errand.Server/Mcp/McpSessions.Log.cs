using Microsoft.Extensions.Logging;

namespace Errand.Server.Mcp;

internal sealed partial class McpSessions
{
    [LoggerMessage(Level = LogLevel.Information, Message = "An MCP session was idle for {Idle} and is ended.")]
    private static partial void LogIdle(ILogger logger, TimeSpan idle);
}
