using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>The revisions of MCP that are spoken here: all, or the one that the server is bound to.</summary>
internal sealed class McpVersions(IOptions<McpServerOptions> options)
{
    /// <summary>The revision without sessions and handshake, in which every request says all about itself.</summary>
    private const string FirstStateless = "2026-07-28";

    private readonly string[] _supported = options.Value.ProtocolVersion is { } only ? [only]
        : ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", FirstStateless];

    public bool IsSupported(string version) => Array.IndexOf(_supported, version) >= 0;

    /// <summary>What to offer instead of one that is not spoken: to those who begin without a handshake, only what needs none.</summary>
    public IEnumerable<string> Offered(bool withoutHandshake) =>
        withoutHandshake && _supported.Where(DescribesEachRequest).ToArray() is { Length: > 0 } alike ? alike : _supported;

    /// <summary>
    /// Whether requests of this revision carry version and capabilities in <c>_meta</c>, and method and name in headers. Revisions are dates.
    /// </summary>
    public static bool DescribesEachRequest(string? version) => string.CompareOrdinal(version, FirstStateless) >= 0;
}
