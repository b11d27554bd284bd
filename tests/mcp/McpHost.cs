using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests;

/// <summary>A host with an MCP server that keeps its jobs in a SQLite file, and the official client on a pipe to it.</summary>
internal sealed class McpHost : IAsyncDisposable
{
    public const string Current = "2026-07-28";
    public const string Legacy = "2025-11-25";
    private readonly Action<IMcpServerBuilder> _build;
    private readonly IHost _host;
    private readonly List<IAsyncDisposable> _open = [];
    private bool _ended;

    private McpHost(Action<IMcpServerBuilder> build, string folder)
    {
        _build = build;
        Folder = folder;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Services.AddMcpServer();
        server.WithErrand(errand => errand.UseSqlite(Path.Combine(folder, "errand.db")));
        build(server);
        _host = builder.Build();
    }

    public string Folder { get; }

    public IServiceProvider Services => _host.Services;

    public IJobClient Jobs => Services.GetRequiredService<IJobClient>();

    /// <summary>Starts a host with the tools of a class.</summary>
    public static Task<McpHost> StartAsync<TTools>(Action<ErrandMcpOptions>? options = null) where TTools : class => StartAsync(server =>
    {
        server.WithTools<TTools>();
        if (options is not null) server.Services.Configure(options);
    });

    /// <summary>Starts a host with the tools of a class that wait at a gate.</summary>
    public static Task<McpHost> StartAsync<TTools>(out Gate gate) where TTools : class
    {
        var made = gate = new Gate();
        return StartAsync(server =>
        {
            server.Services.AddSingleton(made);
            server.WithTools<TTools>();
        });
    }

    public static Task<McpHost> StartAsync(Action<IMcpServerBuilder> build) =>
        StartAsync(build, Directory.CreateTempSubdirectory("errand-mcp.").FullName);

    /// <summary>Starts the next life of a host on the same folder.</summary>
    public Task<McpHost> StartAnotherAsync(Action<IMcpServerBuilder>? build = null) => StartAsync(build ?? _build, Folder);

    /// <summary>Connects a client.</summary>
    /// <param name="version">The revision of the protocol that it speaks.</param>
    /// <param name="options">What it can do besides.</param>
    public async Task<McpClient> ConnectAsync(string version = Current, McpClientOptions? options = null)
    {
        var up = new Pipe();
        var down = new Pipe();
        var transport = new StreamServerTransport(up.Reader.AsStream(), down.Writer.AsStream());
        var server = McpServer.Create(
            transport, Services.GetRequiredService<IOptionsFactory<McpServerOptions>>().Create(Options.DefaultName), Services.GetService<ILoggerFactory>(), Services);
        _ = server.RunAsync();
        options ??= new();
        options.ProtocolVersion = version;
        var client = await McpClient.CreateAsync(
            new StreamClientTransport(up.Writer.AsStream(), down.Reader.AsStream()), options, cancellationToken: TestContext.Current.CancellationToken);
        _open.Add(client);
        _open.Add(server);
        return client;
    }

    /// <summary>Ends the host as its users would, and keeps its folder.</summary>
    public async ValueTask EndAsync()
    {
        if (_ended) return;
        _ended = true;
        foreach (var open in _open) await open.DisposeAsync();
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static async Task<McpHost> StartAsync(Action<IMcpServerBuilder> build, string folder)
    {
        var host = new McpHost(build, folder);
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}

/// <summary>Requests that the official client has no words for.</summary>
internal static class Requests
{
    private const string Capabilities = """{"io.modelcontextprotocol/clientCapabilities":{"elicitation":{},"sampling":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}}""";

    /// <summary>Sends a request as it is.</summary>
    public static async Task<JsonObject> SendAsync(this McpClient client, string method, string parameters, CancellationToken cancellationToken = default)
    {
        var response = await client.SendRequestAsync(new JsonRpcRequest { Method = method, Params = JsonNode.Parse(parameters) }, cancellationToken);
        return (JsonObject)response.Result!;
    }

    /// <summary>Sends a request that declares the tasks extension.</summary>
    public static Task<JsonObject> SendWithTasksAsync(this McpClient client, string method, string parameters, CancellationToken cancellationToken = default)
    {
        var body = (JsonObject)JsonNode.Parse(parameters)!;
        body["_meta"] = JsonNode.Parse(Capabilities);
        return client.SendAsync(method, body.ToJsonString(), cancellationToken);
    }

    public static string Text(this CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    public static string? Member(this CallToolResult result, string name) =>
        result.StructuredContent is { ValueKind: JsonValueKind.Object } content && content.TryGetProperty(name, out var value) ? value.ToString() : null;
}
