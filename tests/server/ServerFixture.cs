using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Tests;

/// <summary>A real server with a data folder of its own, for the tests of one class.</summary>
public class ServerFixture : IAsyncLifetime
{
    private Process? _process;

    public string Data { get; } = Directory.CreateTempSubdirectory("errand-server-").FullName;

    public string Url { get; private set; } = "";

    public string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _process = ErrandProcess.Start(Data, "up", "--urls", "http://127.0.0.1:0");
        string? line = await _process.StandardOutput.ReadLineAsync();
        if (line?.StartsWith("ready ", StringComparison.Ordinal) != true) Assert.Fail($"The server said '{line}': {await _process.StandardError.ReadToEndAsync()}");
        Url = line["ready ".Length..];
        Token = (await File.ReadAllTextAsync(Path.Combine(Data, "token"))).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await ErrandProcess.RunAsync(Data, "down");
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
        Directory.Delete(Data, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal Task<CommandEnd> RunAsync(params string[] arguments) => ErrandProcess.RunAsync(Data, arguments);

    internal async Task<string> SubmitAsync(string command) => (await RunAsync("submit", "--", command)).LastLine;

    public HttpClient Http(bool withToken = true)
    {
        var client = new HttpClient { BaseAddress = new Uri(Url) };
        if (withToken) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    /// <summary>A client of the official kind.</summary>
    /// <param name="version">The revision that it speaks; the newest if none is given.</param>
    public Task<McpClient> ConnectAsync(string? version = null) => McpClient.CreateAsync(
        new HttpClientTransport(new()
        {
            Endpoint = new Uri($"{Url}/mcp"), TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Token}" },
        }),
        new() { ProtocolVersion = version });
}

/// <summary>Reading of answers.</summary>
internal static class Answers
{
    public static string Text(this CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    public static JsonElement Json(this CallToolResult result) => result.StructuredContent!.Value;

    public static string? Text(this JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
