using ModelContextProtocol;

namespace Errand.Mcp;

/// <summary>A server's tool that follows calls has refused.</summary>
internal sealed class JobToolRefusedException(string tool, string code, string? message)
    : McpException($"The server's tool '{tool}' refused: {message ?? code}")
{
    public string Code => code;

    /// <summary>Whether it may be otherwise in a while.</summary>
    public bool IsPassing => code is "store_unavailable" or "shutting_down";
}
