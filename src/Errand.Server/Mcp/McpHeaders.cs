using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Mcp;

/// <summary>The headers of MCP.</summary>
internal static class McpHeaders
{
    public const string Session = "Mcp-Session-Id";
    public const string Version = "MCP-Protocol-Version";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";
    public const string Parameter = "Mcp-Param-";

    /// <summary>What a header says, which may be in base 64 between marks. Null if it is no text that a header may have.</summary>
    public static string? Read(IHeaderDictionary headers, string name)
    {
        var value = headers[name].ToString().AsSpan().Trim(" \t");
        foreach (char character in value)
            if (character is not ('\t' or (>= ' ' and <= '~'))) return null;
        return McpHeaderEncoder.DecodeValue(value.ToString());
    }
}
