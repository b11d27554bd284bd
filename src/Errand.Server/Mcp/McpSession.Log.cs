using Microsoft.Extensions.Logging;

namespace Errand.Server.Mcp;

internal sealed partial class McpSession
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "An MCP session did not end in good order.")]
    private static partial void LogEndedBadly(ILogger logger, Exception exception);
}
