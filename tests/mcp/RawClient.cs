using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests;

/// <summary>A client that sends and sees each message as it is, on a pipe to a server of a host.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private const string Info = """{"name":"raw","version":"1.0"}""";
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _waiting = new();
    private readonly Channel<JsonObject> _unasked = Channel.CreateUnbounded<JsonObject>();
    private readonly McpServer _server;
    private readonly Pipe _up = new();
    private readonly Pipe _down = new();
    private readonly StreamWriter _writer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _version;
    private readonly string _capabilities;
    private int _lastId;

    private RawClient(McpHost host, string version, string capabilities)
    {
        (_version, _capabilities) = (version, capabilities);
        _writer = new(_up.Writer.AsStream()) { AutoFlush = true };
        var options = host.Services.GetRequiredService<IOptionsFactory<McpServerOptions>>().Create(Options.DefaultName);
        _server = McpServer.Create(new StreamServerTransport(_up.Reader.AsStream(), _down.Writer.AsStream()), options, null, host.Services);
        _ = _server.RunAsync();
        _ = ReadAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What the server said of itself when hands were shaken.</summary>
    public JsonObject Hello { get; private set; } = [];

    /// <summary>Connects, and shakes hands where the revision has that.</summary>
    public static async Task<RawClient> ConnectAsync(
        McpHost host, string version = McpHost.Legacy, string capabilities = """{"elicitation":{},"sampling":{}}""")
    {
        var client = new RawClient(host, version, capabilities);
        if (version == McpHost.Current) return client;
        client.Hello = await client.ResultAsync(
            "initialize", $$"""{"protocolVersion":"{{version}}","clientInfo":{{Info}},"capabilities":{{capabilities}}}""");
        await client.SendAsync(new JsonObject { ["method"] = "notifications/initialized" });
        return client;
    }

    /// <summary>Sends a request, and gives its result or error as it came.</summary>
    public async Task<JsonObject> RequestAsync(string method, string parameters = "{}")
    {
        int id = Interlocked.Increment(ref _lastId);
        var answer = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = (JsonObject)JsonNode.Parse(parameters)!;
        if (_version == McpHost.Current)
        {
            if (body["_meta"] is not JsonObject meta) body["_meta"] = meta = [];
            meta["io.modelcontextprotocol/protocolVersion"] = _version;
            meta["io.modelcontextprotocol/clientInfo"] = JsonNode.Parse(Info);
            meta["io.modelcontextprotocol/clientCapabilities"] = JsonNode.Parse(_capabilities);
        }
        await SendAsync(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = body });
        return await answer.Task.WaitAsync(SafetyNet, Token);
    }

    /// <summary>Sends a request that is to be answered with a result.</summary>
    public async Task<JsonObject> ResultAsync(string method, string parameters = "{}")
    {
        var answer = await RequestAsync(method, parameters);
        return answer["result"] as JsonObject ?? throw new InvalidOperationException($"{method} was answered {answer.ToJsonString()}");
    }

    /// <summary>Sends a request that is to be refused.</summary>
    public async Task<(int Code, string Message)> ErrorAsync(string method, string parameters = "{}")
    {
        var answer = await RequestAsync(method, parameters);
        var error = answer["error"] ?? throw new InvalidOperationException($"{method} was answered {answer.ToJsonString()}");
        return (error["code"]!.GetValue<int>(), error["message"]!.ToString());
    }

    /// <summary>The id of the request that was sent last.</summary>
    public int LastId => _lastId;

    public Task NotifyAsync(string method, string parameters) =>
        SendAsync(new JsonObject { ["method"] = method, ["params"] = JsonNode.Parse(parameters) });

    /// <summary>Answers a request of the server.</summary>
    public Task ReplyAsync(JsonObject request, string result) =>
        SendAsync(new JsonObject { ["id"] = request["id"]!.DeepClone(), ["result"] = JsonNode.Parse(result) });

    /// <summary>Refuses a request of the server.</summary>
    public Task RefuseAsync(JsonObject request) =>
        SendAsync(new JsonObject { ["id"] = request["id"]!.DeepClone(), ["error"] = new JsonObject { ["code"] = -1, ["message"] = "User rejected it." } });

    /// <summary>The next request or notification of the server with this method; others before it are passed over.</summary>
    public async Task<JsonObject> NextAsync(string method)
    {
        while (true)
        {
            var message = await _unasked.Reader.ReadAsync(Token).AsTask().WaitAsync(SafetyNet, Token);
            if (message["method"]!.ToString() == method) return message;
        }
    }

    /// <summary>What has come of the server's own accord so far, and was not looked at.</summary>
    public IEnumerable<JsonObject> Unasked()
    {
        while (_unasked.Reader.TryRead(out var message)) yield return message;
    }

    public async ValueTask DisposeAsync()
    {
        await _up.Writer.CompleteAsync();
        await _server.DisposeAsync();
    }

    private async Task SendAsync(JsonObject message)
    {
        message["jsonrpc"] = "2.0";
        await _turn.WaitAsync(Token);
        try { await _writer.WriteLineAsync(message.ToJsonString()); }
        finally { _turn.Release(); }
    }

    private async Task ReadAsync()
    {
        using var reader = new StreamReader(_down.Reader.AsStream());
        while (await reader.ReadLineAsync() is { } line)
        {
            var message = (JsonObject)JsonNode.Parse(line)!;
            if (message.ContainsKey("method")) _unasked.Writer.TryWrite(message);
            else if (_waiting.TryRemove(message["id"]!.GetValue<int>(), out var answer)) answer.TrySetResult(message);
        }
        _unasked.Writer.TryComplete();
    }
}
