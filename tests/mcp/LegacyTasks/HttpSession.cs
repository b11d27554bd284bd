using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>A session over HTTP, or requests by themselves where the server has none; each of their streams is seen as it is.</summary>
internal sealed class HttpSession(HttpClient http, string? id, JsonObject hello)
{
    private const string Initialize = """
        {"jsonrpc":"2.0","id":0,"method":"initialize",
         "params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"raw","version":"1"},"capabilities":{"elicitation":{}}}}
        """;
    private static int _lastId;
    private readonly string? _id = id;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What the server said of itself when hands were shaken.</summary>
    public JsonObject Hello => hello;

    public static async Task<HttpSession> BeginAsync(HttpClient http)
    {
        await using var answer = await SendAsync(http, null, Initialize);
        var session = new HttpSession(http, answer.Session, (JsonObject)(await answer.NextAsync())!["result"]!);
        await using var noted = await SendAsync(http, session, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return session;
    }

    public Task<HttpEvents> PostAsync(string method, string parameters) => SendAsync(
        http, this, $$"""{"jsonrpc":"2.0","id":{{Interlocked.Increment(ref _lastId)}},"method":"{{method}}","params":{{parameters}} }""");

    public async Task ReplyAsync(JsonObject question, string result)
    {
        await using var noted = await SendAsync(http, this, $$"""{"jsonrpc":"2.0","id":{{question["id"]!.ToJsonString()}},"result":{{result}} }""");
    }

    public Task<HttpEvents> ListenAsync() => SendAsync(http, this, null);

    private static async Task<HttpEvents> SendAsync(HttpClient http, HttpSession? session, string? body)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri("/mcp", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (body is not null)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        if (session is not null)
        {
            if (session._id is { } id) request.Headers.Add("Mcp-Session-Id", id);
            request.Headers.Add("MCP-Protocol-Version", McpHost.Legacy);
        }
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        response.EnsureSuccessStatusCode();
        return new HttpEvents(response, new StreamReader(await response.Content.ReadAsStreamAsync(Token)));
    }
}

/// <summary>The stream of one request.</summary>
internal sealed class HttpEvents(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(30);

    public string? Session => response.Headers.TryGetValues("Mcp-Session-Id", out var values) ? values.Single() : null;

    /// <summary>The next message; none once the stream has ended.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(SafetyNet) is { } line)
            if (line.StartsWith("data: {", StringComparison.Ordinal)) return (JsonObject)JsonNode.Parse(line["data: ".Length..])!;
        return null;
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        response.Dispose();
        return default;
    }
}
