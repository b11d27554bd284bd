using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>Who hears of tasks of 2025-11-25, and who may call as one.</summary>
public sealed class NegotiationTests
{
    [Fact]
    public async Task O3_1_a_session_of_2025_11_25_is_offered_tasks_and_not_the_later_extension()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        var capabilities = client.Hello["capabilities"]!;

        Assert.Equal("""{"cancel":{},"requests":{"tools":{"call":{}}},"list":{}}""", capabilities["tasks"]!.ToJsonString());
        Assert.Null(capabilities["extensions"]);
    }

    [Fact]
    public async Task O3_1_an_older_session_is_offered_neither()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host, "2025-06-18");

        Assert.Null(client.Hello["capabilities"]!["tasks"]);
        Assert.Null(client.Hello["capabilities"]!["extensions"]);
        Assert.All((JsonArray)(await client.ResultAsync("tools/list"))["tools"]!, tool => Assert.Null(tool!["execution"]));
    }

    [Fact]
    public async Task O3_1_the_later_revision_is_offered_the_extension_only()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host, McpHost.Current);

        var capabilities = (await client.ResultAsync("server/discover"))["capabilities"]!;

        Assert.Null(capabilities["tasks"]);
        Assert.Equal("{}", capabilities["extensions"]!["io.modelcontextprotocol/tasks"]!.ToJsonString());
        Assert.All((JsonArray)(await client.ResultAsync("tools/list"))["tools"]!, tool => Assert.Null(tool!["execution"]));
    }

    [Theory, InlineData("greet", "optional"), InlineData("only", "required"), InlineData("plain", null), InlineData("job_wait", null)]
    public async Task O3_1_a_list_of_tools_says_which_can_become_tasks(string name, string? support)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        var tools = (JsonArray)(await client.ResultAsync("tools/list"))["tools"]!;

        var tool = Assert.Single(tools, tool => tool!["name"]!.ToString() == name)!;
        Assert.Equal(support, tool["execution"]?["taskSupport"]?.ToString());
    }

    [Theory, InlineData(McpHost.Legacy), InlineData("2025-06-18")]
    public async Task O3_1_a_tool_that_runs_only_as_a_task_refuses_a_plain_call(string version)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host, version);

        var (code, message) = await client.ErrorAsync("tools/call", """{"name":"only"}""");

        Assert.Equal(-32601, code);
        Assert.Contains("'only'", message, StringComparison.Ordinal);
    }

    [Theory, InlineData("plain"), InlineData("job_list")]
    public async Task O3_1_a_tool_that_is_not_deferrable_refuses_to_become_a_task(string name)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        Assert.Equal(-32601, (await client.ErrorAsync("tools/call", $$"""{"name":"{{name}}","task":{} }""")).Code);
        Assert.Equal("plain", (await client.ResultAsync("tools/call", """{"name":"plain"}"""))["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_1_an_unknown_tool_is_refused_as_ever()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        Assert.Equal(-32602, (await client.ErrorAsync("tools/call", """{"name":"nothing","task":{}}""")).Code);
    }

    [Theory, InlineData("2025-06-18"), InlineData("2024-11-05")]
    public async Task O3_1_an_older_session_has_no_tasks(string version)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host, version);

        var answer = await client.ResultAsync("tools/call", """{"name":"greet","arguments":{"name":"Ada"},"task":{"ttl":-1}}""");

        Assert.Equal("Hello, Ada!", answer["content"]![0]!["text"]!.ToString());
        foreach (string method in (string[])["tasks/get", "tasks/result", "tasks/cancel", "tasks/list", "tasks/update"])
            Assert.Equal(-32601, (await client.ErrorAsync(method, """{"taskId":"x"}""")).Code);
    }

    [Fact]
    public async Task O3_15_the_later_revision_ignores_the_parameter_and_has_no_result_and_no_list()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host, McpHost.Current);

        var answer = await client.ResultAsync("tools/call", """{"name":"greet","arguments":{"name":"Ada"},"task":{"ttl":-1}}""");

        Assert.Equal("Hello, Ada!", answer["content"]![0]!["text"]!.ToString());
        Assert.Equal(-32601, (await client.ErrorAsync("tasks/result", """{"taskId":"x"}""")).Code);
        Assert.Equal(-32601, (await client.ErrorAsync("tasks/list")).Code);
    }

    [Fact]
    public async Task O3_15_a_session_of_2025_11_25_that_declares_the_extension_is_not_given_its_tasks()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host, McpHost.Legacy, """{"extensions":{"io.modelcontextprotocol/tasks":{}}}""");

        var answer = await client.ResultAsync("tools/call", """{"name":"slow","arguments":{"asyncTimeout":20}}""");
        gate.Open();

        Assert.Equal("processing", answer["structuredContent"]!["status"]!.ToString());
        Assert.Equal(-32601, (await client.ErrorAsync("tasks/update", """{"taskId":"x"}""")).Code);
    }
}
