using Microsoft.Extensions.Logging;

namespace Errand;

internal static partial class PromotionLog
{
    [LoggerMessage(40, LogLevel.Warning, "A '{Kind}' call could not be handed over, so its caller goes on waiting: {Problem}")]
    public static partial void Delayed(ILogger logger, string kind, string problem);
}
