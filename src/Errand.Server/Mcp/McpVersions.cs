namespace Errand.Server.Mcp;

/// <summary>The revisions of MCP that are spoken here.</summary>
internal static class McpVersions
{
    /// <summary>The revision without sessions and handshake, in which every request says all about itself.</summary>
    private const string FirstStateless = "2026-07-28";

    public static IReadOnlyList<string> Supported { get; } = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", FirstStateless];

    /// <summary>Whether requests of this revision carry version and capabilities in <c>_meta</c>, and method and name in headers. Revisions are dates.</summary>
    public static bool DescribesEachRequest(string? version) => string.CompareOrdinal(version, FirstStateless) >= 0;
}
