using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp.Tests.Client;

/// <summary>A server of any make, which answers as a test says, and the official client on a pipe to it.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Pipe _up = new();
    private readonly Pipe _down = new();
    private readonly Func<string, JsonObject, JsonObject?> _answer;
    private readonly ConcurrentQueue<(string Method, JsonObject Parameters)> _asked = new();

    private ScriptedServer(Func<string, JsonObject, JsonObject?> answer) => _answer = answer;

    public McpClient Client { get; private set; } = null!;

    /// <summary>What was asked, in its order.</summary>
    public IEnumerable<(string Method, JsonObject Parameters)> Asked => _asked;

    /// <summary>Starts a server.</summary>
    /// <param name="version">The revision of the protocol.</param>
    /// <param name="answer">Answers a request by its method and parameters; none leaves it unanswered, an <c>error</c> refuses it.</param>
    public static async Task<ScriptedServer> StartAsync(string version, Func<string, JsonObject, JsonObject?> answer)
    {
        var server = new ScriptedServer(answer);
        _ = server.ServeAsync(version);
        server.Client = await McpClient.CreateAsync(
            new StreamClientTransport(server._up.Writer.AsStream(), server._down.Reader.AsStream()), new() { ProtocolVersion = version },
            cancellationToken: TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Counts requests of a method.</summary>
    public int Count(string method) => _asked.Count(asked => asked.Method == method);

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private async Task ServeAsync(string version)
    {
        using var reader = new StreamReader(_up.Reader.AsStream());
        await using var writer = new StreamWriter(_down.Writer.AsStream());
        while (await reader.ReadLineAsync() is { } line)
        {
            if (JsonNode.Parse(line) is not JsonObject message || message["id"] is not { } id) continue;
            string method = message["method"]!.ToString();
            var parameters = message["params"] as JsonObject ?? [];
            if (Greeting(method, version) is { } greeting)
            {
                await writer.WriteLineAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["result"] = greeting }.ToJsonString());
                await writer.FlushAsync();
                continue;
            }
            _asked.Enqueue((method, parameters));
            if (_answer(method, parameters) is not { } answer) continue;
            var response = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone() };
            if (answer["error"] is JsonObject { Count: > 0 } error && answer.Count == 1) response["error"] = error.DeepClone();
            else response["result"] = answer;
            await writer.WriteLineAsync(response.ToJsonString());
            await writer.FlushAsync();
        }
    }

    private static JsonObject? Greeting(string method, string version)
    {
        string? greeting = method switch
        {
            "initialize" => """
                {"protocolVersion":"VERSION","capabilities":{"tools":{},"tasks":{"requests":{"tools":{"call":{}}}}},
                 "serverInfo":{"name":"scripted","version":"1"}}
                """,
            "server/discover" => """
                {"resultType":"complete","supportedVersions":["VERSION"],
                 "capabilities":{"tools":{},"extensions":{"io.modelcontextprotocol/tasks":{}}},
                 "serverInfo":{"name":"scripted","version":"1"},"ttlMs":0,"cacheScope":"private"}
                """,
            _ => null,
        };
        return greeting is null ? null : (JsonObject)JsonNode.Parse(greeting.Replace("VERSION", version, StringComparison.Ordinal))!;
    }
}
