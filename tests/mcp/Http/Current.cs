using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.Http;

/// <summary>What a client of 2026-07-28 says.</summary>
internal static class Current
{
    public const string Revision = "2026-07-28";

    public static readonly (string, string) Version = ("MCP-Protocol-Version", Revision);

    public static (string, string) Method(string method) => ("Mcp-Method", method);

    public static (string, string) Name(string name) => ("Mcp-Name", name);

    public static JsonObject Request(string method, JsonObject? parameters = null, object? version = null)
    {
        parameters ??= [];
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = version as string ?? Revision, ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
        };
        return new() { ["jsonrpc"] = "2.0", ["id"] = "a", ["method"] = method, ["params"] = parameters };
    }

    public static JsonObject Call(string tool, JsonObject? arguments = null) => Request("tools/call", new() { ["name"] = tool, ["arguments"] = arguments ?? [] });

    /// <summary>The headers that go with a call.</summary>
    public static (string, string)[] Headers(string tool, params (string, string)[] more) => [Version, Method("tools/call"), Name(tool), .. more];
}
