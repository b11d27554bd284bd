namespace Errand.Mcp;

/// <summary>How Errand behaves towards clients of MCP.</summary>
public sealed class ErrandMcpOptions
{
    /// <summary>
    /// How long a call waits before it is handed over, where it does not say; <see cref="Timeout.InfiniteTimeSpan"/> waits to the end.
    /// Default: 50 s, because most clients give up at 60.
    /// </summary>
    public TimeSpan AsyncTimeout { get; set; } = TimeSpan.FromSeconds(50);
}
