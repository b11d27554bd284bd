using Errand.Mcp;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Server.Mcp;

/// <summary>The revisions of MCP that are spoken here: all, or the one that the server is bound to.</summary>
internal sealed class McpVersions(IOptions<McpServerOptions> options)
{
    private readonly string[] _supported = options.Value.ProtocolVersion is { } only ? [only]
        : ["2024-11-05", "2025-03-26", "2025-06-18", ClientEras.LegacyTasks, ClientEras.FirstStateless];

    public bool IsSupported(string version) => Array.IndexOf(_supported, version) >= 0;

    /// <summary>What to offer instead of one that is not spoken: to those who begin without a handshake, only what needs none.</summary>
    public IEnumerable<string> Offered(bool withoutHandshake) =>
        withoutHandshake && _supported.Where(ClientEras.DescribesEachRequest).ToArray() is { Length: > 0 } alike ? alike : _supported;
}
