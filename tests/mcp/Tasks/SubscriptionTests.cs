using System.Text.Json.Nodes;
using System.Threading.Channels;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Tasks;

/// <summary>News of tasks over <c>subscriptions/listen</c>.</summary>
public sealed class SubscriptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C5_who_listens_hears_of_every_task_that_it_named_to_its_end()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var task = await client.SendWithTasksAsync("tools/call", """{"name":"wait","arguments":{"asyncTimeout":20}}""", Token);
        string id = task["taskId"]!.ToString();
        var (acknowledged, news) = Listen(client);

        _ = client.SendWithTasksAsync("subscriptions/listen", $$"""{"notifications":{"toolsListChanged":true,"taskIds":["{{id}}","{{id}}","nonsense"] } }""", Token);
        var accepted = await acknowledged.ReadAsync(Token);
        host.Services.GetRequiredService<Gate>().Open();

        Assert.Equal([id], accepted["notifications"]!["taskIds"]!.AsArray().Select(item => item!.ToString()));
        Assert.True((bool)accepted["notifications"]!["toolsListChanged"]!);
        JsonObject last;
        do
        {
            last = await news.ReadAsync(Token);
            Assert.Equal(id, last["taskId"]!.ToString());
            Assert.NotNull(last["_meta"]!["io.modelcontextprotocol/subscriptionId"]);
            Assert.NotNull(last["ttlMs"]);
        }
        while (last["status"]!.ToString() == "working");
        Assert.Equal("completed", last["status"]!.ToString());
        Assert.Equal("done", last["result"]!["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O2_who_did_not_declare_tasks_may_not_listen_to_any()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();

        var refusal = await Assert.ThrowsAsync<MissingRequiredClientCapabilityException>(() =>
            client.SendAsync("subscriptions/listen", """{"notifications":{"taskIds":["x"]}}""", Token));

        Assert.Contains("io.modelcontextprotocol/tasks", refusal.RequiredCapabilities.Extensions!.Keys);
    }

    private static Task<McpHost> StartAsync() => McpHost.StartAsync(server =>
    {
        server.Services.AddSingleton<Gate>();
        server.WithTools<Tools>();
    });

    private static (ChannelReader<JsonObject> Acknowledged, ChannelReader<JsonObject> News) Listen(McpClient client)
    {
        return (To(NotificationMethods.SubscriptionsAcknowledgedNotification), To("notifications/tasks"));

        ChannelReader<JsonObject> To(string method)
        {
            var channel = Channel.CreateUnbounded<JsonObject>();
            client.RegisterNotificationHandler(method, (notification, _) =>
            {
                channel.Writer.TryWrite((JsonObject)notification.Params!);
                return default;
            });
            return channel.Reader;
        }
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "wait"), Deferrable]
        public async Task<string> WaitAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return "done";
        }
    }
}
