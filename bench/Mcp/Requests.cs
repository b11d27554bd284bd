using System.Globalization;
using System.Text;

namespace Errand.Bench.Mcp;

/// <summary>The requests of the load, as a client of 2026-07-28 with tasks sends them.</summary>
internal static class Requests
{
    private const string Meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"},"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}
        """;

    public static string Call(long id, string tool) =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call","params":{"name":"{{tool}}","arguments":{"text":"a few words of payload, as a tool call has them"},{{Meta.Trim()}} } }""";

    public static string Get(long id, string task) =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"tasks/get","params":{"taskId":"{{task}}",{{Meta.Trim()}} } }""";

    /// <summary>A request over HTTP, ready to be sent.</summary>
    public static byte[] Http(string path, string method, string name, string json)
    {
        int length = Encoding.UTF8.GetByteCount(json);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            POST {path} HTTP/1.1
            Host: 127.0.0.1
            Content-Type: application/json
            Accept: application/json, text/event-stream
            MCP-Protocol-Version: 2026-07-28
            Mcp-Method: {method}
            Mcp-Name: {name}
            Content-Length: {length}


            """).ReplaceLineEndings("\r\n") + json);
    }

    /// <summary>What follows a mark in an answer, up to the next quotation mark.</summary>
    public static string? Find(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> mark)
    {
        int at = answer.IndexOf(mark);
        if (at < 0) return null;
        var rest = answer[(at + mark.Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }
}
