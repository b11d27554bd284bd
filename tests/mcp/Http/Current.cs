using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.Http;

/// <summary>What a client of 2026-07-28 says.</summary>
internal static class Current
{
    public const string Revision = "2026-07-28";

    public static readonly (string, string) Version = ("MCP-Protocol-Version", Revision);

    public static (string, string) Method(string method) => ("Mcp-Method", method);

    public static (string, string) Name(string name) => ("Mcp-Name", name);

    public static JsonObject Request(string method, JsonObject? parameters = null, string? version = null)
    {
        parameters ??= [];
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = version ?? Revision,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
        };
        return new() { ["jsonrpc"] = "2.0", ["id"] = "a", ["method"] = method, ["params"] = parameters };
    }

    public static JsonObject Call(string tool, JsonObject? arguments = null) =>
        Request("tools/call", new() { ["name"] = tool, ["arguments"] = arguments ?? [] });

    /// <summary>Posts a call of <c>echo</c> with headers of one's own.</summary>
    public static Task<HttpAnswer> EchoAsync(this HttpHost host, params (string, string)[] headers) =>
        host.PostAsync(Call("echo", new() { ["text"] = "x" }).ToJsonString(), headers);

    /// <summary>Posts a call with what goes with it, and more headers.</summary>
    public static Task<HttpAnswer> CallAsync(this HttpHost host, string tool, JsonObject arguments, params (string, string)[] more) =>
        host.PostAsync(Call(tool, arguments).ToJsonString(), Headers(tool, more));

    /// <summary>The headers that go with a call.</summary>
    public static (string, string)[] Headers(string tool, params (string, string)[] more) => [Version, Method("tools/call"), Name(tool), .. more];
}
