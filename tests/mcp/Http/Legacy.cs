using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.Http;

/// <summary>What a client of before 2026-07-28 says.</summary>
internal static class Legacy
{
    public const string Initialize =
        """
        {"jsonrpc":"2.0","id":1,"method":"initialize",
        "params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}
        """;

    public const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    public const string Ping = """{"jsonrpc":"2.0","id":2,"method":"ping"}""";

    public static string Call(string tool, JsonObject? arguments = null) => new JsonObject
    {
        ["jsonrpc"] = "2.0", ["id"] = 3, ["method"] = "tools/call", ["params"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments ?? [] },
    }.ToJsonString();

    public static (string, string) Session(string id) => ("Mcp-Session-Id", id);

    /// <summary>Begins a session, and answers its id.</summary>
    public static async Task<string> BeginAsync(this HttpHost host, params (string Name, string Value)[] headers)
    {
        var answer = await host.PostAsync(Initialize, headers);
        Assert.Equal(200, answer.Status);
        var accepted = await host.PostAsync(Initialized, [.. headers, Session(answer.Session!)]);
        Assert.Equal(202, accepted.Status);
        return answer.Session!;
    }
}
