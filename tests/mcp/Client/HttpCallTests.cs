using System.ComponentModel;
using System.Text.Json;
using Errand.Mcp.Tests.Calls;
using Errand.Mcp.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Client;

/// <summary>O8: the same over HTTP.</summary>
public sealed class HttpCallTests
{
    private const string Plain = "2025-06-18";
    private static readonly Dictionary<string, object?> Soon = new() { ["asyncTimeout"] = 20 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_a_call_over_http_is_followed_to_its_result(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = await ConnectAsync(host, version);
        var call = await client.CallAsync("slow", Soon, cancellationToken: Token);
        Assert.NotNull(call.Id);
        gate.Open();

        Assert.Equal("done", (await call.ResultAsync(Token)).Text());
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_another_client_cancels_a_call_by_its_id_over_http(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = await ConnectAsync(host, version);
        await using var other = await ConnectAsync(host, version);
        var call = await client.CallAsync("slow", Soon, cancellationToken: Token);
        await gate.Begun;

        await other.Resume(call.Id!).CancelAsync(Token);

        await Assert.ThrowsAsync<RemoteCallCancelledException>(() => call.ResultAsync(Token));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task O2_a_server_that_tells_of_a_task_is_not_asked_for_it_again(bool overHttp)
    {
        var gate = new Gate();
        await using var http = overHttp ? await StartAsync(out gate) : null;
        await using var pipe = overHttp ? null : await McpHost.StartAsync(server =>
        {
            server.Services.AddSingleton(gate);
            server.WithTools<Tools>();
        });
        var options = new ErrandMcpClientOptions { Time = new StoppedTime() };
        await using var client = http is not null
            ? await ConnectAsync(http, McpHost.Current, options)
            : ErrandMcpClient.Over(await pipe!.ConnectAsync(), options);
        var call = await client.CallAsync("slow", Soon, cancellationToken: Token);
        var states = new List<JobState>();

        // No pause of this clock ever ends, so that only the server can bring on what comes next.
        await foreach (var update in call.WatchAsync(Token))
        {
            if (states.Count == 0) gate.Open();
            states.Add(update.State);
        }

        Assert.Equal(JobState.Completed, states[^1]);
    }

    [Fact]
    public async Task O6_what_a_call_asks_over_http_is_answered()
    {
        await using var host = await StartAsync(out var gate);
        var handlers = new McpClientHandlers
        {
            ElicitationHandler = (_, _) => new(new ElicitResult
            {
                Action = "accept", Content = new Dictionary<string, JsonElement> { ["name"] = JsonSerializer.SerializeToElement("Ada") },
            }),
        };
        await using var client = await ConnectAsync(host, McpHost.Current, handlers: handlers);
        var call = await client.CallAsync("asks", Soon, cancellationToken: Token);
        gate.Open();

        Assert.Equal("Hello, Ada!", (await call.ResultAsync(Token)).Text());
    }

    private static Task<HttpHost> StartAsync(out Gate gate)
    {
        var made = gate = new Gate();
        return HttpHost.StartOwnAsync(services =>
        {
            services.AddSingleton(made);
            services.AddErrandMcpHttp();
            services.AddMcpServer().WithTools<Tools>().WithErrand();
        }, app => app.MapErrandMcp());
    }

    private static Task<ErrandMcpClient> ConnectAsync(
        HttpHost host, string version, ErrandMcpClientOptions? options = null, McpClientHandlers? handlers = null) => ErrandMcpClient.ConnectAsync(
        token => McpClient.CreateAsync(
            new HttpClientTransport(new() { Endpoint = new Uri(host.Client.BaseAddress!, "mcp"), TransportMode = HttpTransportMode.StreamableHttp }),
            new() { ProtocolVersion = version, Handlers = handlers ?? new() }, cancellationToken: token),
        options, Token);

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "slow"), Deferrable, Description("Takes its time.")]
        public async Task<string> SlowAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return "done";
        }

        [McpServerTool(Name = "asks"), Deferrable, Description("Asks for a name.")]
        public async Task<string> AsksAsync(McpServer server, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            var schema = new ElicitRequestParams.RequestSchema { Properties = { ["name"] = new ElicitRequestParams.StringSchema() } };
            var answer = await server.ElicitAsync(new ElicitRequestParams { Message = "Who are you?", RequestedSchema = schema }, cancellationToken);
            return $"Hello, {answer.Content!["name"].GetString()}!";
        }
    }
}
