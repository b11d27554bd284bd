using System.Text.Json.Nodes;
using Errand.Mcp.Tests.Calls;
using Errand.Mcp.Tests.LegacyTasks;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Approved;

/// <summary>What clients read, member by member: none of it may change unnoticed.</summary>
public sealed class WireShapeTests
{
    private const string WithTasks = """{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}""";
    private const string WithoutTasks = """{"elicitation":{}}""";
    private const string Accept = """{"action":"accept","content":{"name":"Ada"}}""";
    private const string Unknown = """{"taskId":"unknown"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O2_tasks_of_2026_07_28_look_as_approved()
    {
        var (host, gate) = await StartAsync();
        await using var ending = host;
        await using var client = await RawClient.ConnectAsync(host, McpHost.Current, WithTasks);
        await using var plain = await RawClient.ConnectAsync(host, McpHost.Current, WithoutTasks);
        var talk = new Conversation("2026-07-28");

        await talk.SayAsync(client, "capabilities", "server/discover", part: result => result["capabilities"]);
        await talk.SayAsync(client, "a deferrable tool", "tools/list", part: result => ToolOf(result, "copy"));
        string counting = TaskOf(await talk.SayAsync(
            client, "a call that becomes a task", "tools/call", """{"name":"count","arguments":{"to":3,"asyncTimeout":20}}"""));
        string copying = TaskOf(await client.RequestAsync("tools/call", """{"name":"copy","arguments":{"from":"a","asyncTimeout":20}}"""));
        string stopping = TaskOf(await client.RequestAsync("tools/call", """{"name":"copy","arguments":{"from":"b","asyncTimeout":20}}"""));
        string erring = TaskOf(await client.RequestAsync("tools/call", """{"name":"err","arguments":{"asyncTimeout":20}}"""));
        string refusing = TaskOf(await client.RequestAsync("tools/call", """{"name":"refuse","arguments":{"asyncTimeout":20}}"""));
        string asking = TaskOf(await client.RequestAsync("tools/call", """{"name":"ask","arguments":{"asyncTimeout":20}}"""));
        await talk.SayAsync(client, "at work, without progress", "tasks/get", LegacyHost.Named(counting));
        await host.UntilAsync(copying, job => job.Progress is not null);
        await talk.SayAsync(client, "at work, with progress", "tasks/get", LegacyHost.Named(copying));
        await talk.SayAsync(client, "a cancel", "tasks/cancel", LegacyHost.Named(stopping));
        await EndOfAsync(host, stopping);
        await talk.SayAsync(client, "cancelled", "tasks/get", LegacyHost.Named(stopping));
        await host.UntilAsync(asking, job => job.State == JobState.Waiting);
        await talk.SayAsync(client, "asking", "tasks/get", LegacyHost.Named(asking));
        await talk.SayAsync(
            client, "an answer", "tasks/update", $$"""{"taskId":"{{asking}}","inputResponses":{"1":{{Accept}} } }""");
        gate.Open();
        foreach (string id in (string[])[counting, erring, refusing, asking]) await EndOfAsync(host, id);
        await talk.SayAsync(client, "completed, after an answer", "tasks/get", LegacyHost.Named(asking));
        await talk.SayAsync(client, "completed", "tasks/get", LegacyHost.Named(counting));
        await talk.SayAsync(client, "completed with an error of the tool", "tasks/get", LegacyHost.Named(erring));
        await talk.SayAsync(client, "failed by an error of the protocol", "tasks/get", LegacyHost.Named(refusing));

        foreach (string method in (string[])["tasks/get", "tasks/update", "tasks/cancel"]) await talk.SayAsync(client, "unknown", method, Unknown);
        foreach (string method in (string[])["tasks/get", "tasks/update", "tasks/cancel"]) await talk.SayAsync(
            plain, "without the extension", method, Unknown);
        await talk.SayAsync(plain, "a tool that needs the extension", "tools/call", """{"name":"only"}""");
        var asked = await talk.SayAsync(
            plain, "a question in the answer of a call", "tools/call", """{"name":"ask","arguments":{"asyncTimeout":20}}""");
        await talk.SayAsync(
            plain, "the same call with an answer", "tools/call",
            $$"""{"name":"ask","requestState":"{{asked["result"]!["requestState"]}}","inputResponses":{"1":{{Accept}} } }""");
        await talk.SayAsync(client, "of the other revision", "tasks/result", Unknown);
        await talk.SayAsync(client, "of the other revision", "tasks/list");
        talk.Check();
    }

    [Fact]
    public async Task O3_tasks_of_2025_11_25_look_as_approved()
    {
        var (host, gate) = await StartAsync();
        await using var ending = host;
        await using var client = await RawClient.ConnectAsync(host, McpHost.Legacy, WithoutTasks);
        var talk = new Conversation("2025-11-25");

        talk.Note("capabilities", null, "initialize", new() { ["result"] = client.Hello.DeepClone() }, result => result["capabilities"]);
        await talk.SayAsync(client, "a deferrable tool", "tools/list", part: result => ToolOf(result, "copy"));
        await talk.SayAsync(client, "a tool that runs only as a task", "tools/list", part: result => ToolOf(result, "only"));
        string counting = TaskOf(await talk.SayAsync(
            client, "a call as a task", "tools/call", """{"name":"count","arguments":{"to":3},"task":{"ttl":600000}}"""));
        await talk.SayAsync(client, "at work, without progress", "tasks/get", LegacyHost.Named(counting));
        string copying = TaskOf(await client.RequestAsync(
            "tools/call", """{"name":"copy","arguments":{"from":"a"},"task":{},"_meta":{"progressToken":"token"}}"""));
        talk.NoteSent("progress", await client.NextAsync("notifications/progress"));
        await talk.SayAsync(client, "at work, with progress", "tasks/get", LegacyHost.Named(copying));
        await talk.SayAsync(client, "a cancel", "tasks/cancel", LegacyHost.Named(copying));
        talk.NoteSent("news", await client.NextAsync("notifications/tasks/status"));
        await EndOfAsync(host, copying);
        await talk.SayAsync(client, "cancelled", "tasks/get", LegacyHost.Named(copying));
        await talk.SayAsync(client, "the result of a cancelled task", "tasks/result", LegacyHost.Named(copying));
        await talk.SayAsync(client, "a cancel of what has ended", "tasks/cancel", LegacyHost.Named(copying));

        string asking = TaskOf(await client.RequestAsync("tools/call", """{"name":"ask","task":{}}"""));
        await host.UntilAsync(asking, job => job.State == JobState.Waiting);
        await talk.SayAsync(client, "asking", "tasks/get", LegacyHost.Named(asking));
        var asked = client.RequestAsync("tasks/result", LegacyHost.Named(asking));
        var question = await client.NextAsync("elicitation/create");
        talk.NoteSent("its question, on the stream of tasks/result", question);
        await client.ReplyAsync(question, Accept);
        talk.Note("the result, after an answer", JsonNode.Parse(LegacyHost.Named(asking)), "tasks/result", await asked);

        gate.Open();
        await NoteEndAsync(talk, host, client, "completed", counting);
        string erring = TaskOf(await client.RequestAsync("tools/call", """{"name":"err","task":{}}"""));
        await NoteEndAsync(talk, host, client, "failed with an error of the tool", erring);
        string refusing = TaskOf(await client.RequestAsync("tools/call", """{"name":"refuse","task":{}}"""));
        await NoteEndAsync(talk, host, client, "failed by an error of the protocol", refusing);
        await talk.SayAsync(client, "the list", "tasks/list");

        foreach (string method in (string[])["tasks/get", "tasks/result", "tasks/cancel"]) await talk.SayAsync(client, "unknown", method, Unknown);
        await talk.SayAsync(client, "no cursor", "tasks/list", """{"cursor":"unknown"}""");
        await talk.SayAsync(client, "no time to live", "tools/call", """{"name":"ask","task":{"ttl":-1}}""");
        await talk.SayAsync(client, "a tool that runs only as a task", "tools/call", """{"name":"only"}""");
        await talk.SayAsync(client, "a tool that cannot become a task", "tools/call", """{"name":"now","task":{}}""");
        await talk.SayAsync(client, "of the other revision", "tasks/update", Unknown);
        talk.Check();
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task A6_handles_of_clients_without_tasks_look_as_approved_in_both_revisions(string version)
    {
        var (host, gate) = await StartAsync();
        await using var ending = host;
        await using var client = await RawClient.ConnectAsync(host, version, WithoutTasks);
        var talk = new Conversation($"handles-{version}");

        int to = 0;
        foreach (string detail in (string[])["minimal", "standard", "full"])
            foreach (string strict in (string[])["false", "true"])
                await talk.SayAsync(
                    client, $"{detail}, {(strict == "true" ? "strict" : "not strict")}", "tools/call",
                    $$$"""{"name":"count","arguments":{"to":{{{++to}}},"asyncTimeout":20,"_async_response_format":"{{{detail}}}","_async_strict":{{{strict}}} } }""");
        await talk.SayAsync(client, "a call that is already running", "tools/call", """{"name":"count","arguments":{"to":1,"asyncTimeout":20}}""");
        gate.Open();
        talk.Check();
    }

    private static async Task<(McpHost Host, Gate Gate)> StartAsync()
    {
        var gate = new Gate();
        var host = await McpHost.StartAsync(server =>
        {
            server.Services.AddSingleton(gate);
            server.Services.Configure<McpServerOptions>(options => options.ServerInfo = new() { Name = "server", Version = "1.0" });
            server.WithTools<LateTools>();
        });
        return (host, gate);
    }

    private static async Task NoteEndAsync(Conversation talk, McpHost host, RawClient client, string what, string id)
    {
        await EndOfAsync(host, id);
        await talk.SayAsync(client, what, "tasks/get", LegacyHost.Named(id));
        await talk.SayAsync(client, what, "tasks/result", LegacyHost.Named(id));
    }

    private static ValueTask<JobNews> EndOfAsync(McpHost host, string id) => host.Jobs.WaitAsync(JobId.Parse(id), null, Token);

    private static JsonNode? ToolOf(JsonObject result, string name) =>
        ((JsonArray)result["tools"]!).Single(tool => tool!["name"]!.ToString() == name);

    private static string TaskOf(JsonObject answer) => (answer["result"]!["task"] ?? answer["result"])!["taskId"]!.ToString();
}
