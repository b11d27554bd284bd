using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Errand.Server.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Errand.Mcp.Tests.Http;

/// <summary>An application with an MCP server that listens on a free port of this machine, and a client that says what it is told to say.</summary>
internal sealed class HttpHost : IAsyncDisposable
{
    private static readonly Uri Path = new("/mcp", UriKind.Relative);

    private HttpHost(WebApplication app, HttpTools tools)
    {
        (App, Tools) = (app, tools);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new() { BaseAddress = new Uri(address) };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public HttpTools Tools { get; }

    public McpSessions Sessions => App.Services.GetRequiredService<McpSessions>();

    public static async Task<HttpHost> StartAsync(
        Action<McpHttpOptions>? options = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? before = null, Action<IEndpointConventionBuilder>? map = null)
    {
        var builder = NewBuilder();
        var tools = new HttpTools();
        builder.Services.AddScoped<Tenant>();
        builder.Services.AddErrandMcpHttp(options);
        builder.Services.AddMcpServer().WithTools(tools);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        before?.Invoke(app);
        var mapped = app.MapErrandMcp();
        map?.Invoke(mapped);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, tools);
    }

    /// <summary>Starts an application of one's own.</summary>
    public static async Task<HttpHost> StartOwnAsync(Action<IServiceCollection> services, Action<WebApplication> map)
    {
        var builder = NewBuilder();
        services(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, new());
    }

    /// <summary>Posts a body as it is.</summary>
    public async Task<HttpAnswer> PostAsync(HttpContent content, params (string Name, string Value)[] headers) =>
        await HttpAnswer.ReadAsync(await OpenAsync(HttpMethod.Post, content, headers));

    public Task<HttpAnswer> PostAsync(string json, params (string Name, string Value)[] headers) => PostAsync(Json(json), headers);

    public async Task<HttpAnswer> SendAsync(HttpMethod method, params (string Name, string Value)[] headers) =>
        await HttpAnswer.ReadAsync(await OpenAsync(method, null, headers));

    /// <summary>Sends a request, and answers once the headers of the answer are there.</summary>
    public Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, HttpContent? content, IReadOnlyList<(string Name, string Value)> headers, CancellationToken? leave = null)
    {
        var request = new HttpRequestMessage(method, Path) { Content = content };
        if (headers.All(header => header.Name != "Accept")) request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave ?? TestContext.Current.CancellationToken);
    }

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static WebApplicationBuilder NewBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }
}

/// <summary>An answer: its status, and its JSON, whether that came by itself or as the last event of a stream.</summary>
internal sealed record HttpAnswer(int Status, HttpResponseHeaders Headers, string Body)
{
    private const string Data = "data: ";

    public JsonObject? Message => (JsonObject?)JsonNode.Parse(LastEvent ?? Body);

    public int? Code => (int?)Message?["error"]?["code"];

    public string Text => (string)Message!["result"]!["content"]![0]!["text"]!;

    private string? LastEvent => Body.Split('\n').LastOrDefault(line => line.StartsWith(Data, StringComparison.Ordinal))?[Data.Length..];

    public string? Session => Headers.TryGetValues("Mcp-Session-Id", out var values) ? values.Single() : null;

    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response)
    {
        using var read = response;
        return new((int)response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
