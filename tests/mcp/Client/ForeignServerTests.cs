using System.Text.Json.Nodes;
using ModelContextProtocol;

namespace Errand.Mcp.Tests.Client;

/// <summary>O8: calls on servers of any make, and what they say of how they want to be asked.</summary>
public sealed class ForeignServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O8_a_task_is_asked_for_as_often_as_the_server_says()
    {
        var time = new InstantTime();
        string[] looks =
        [
            """{"resultType":"complete","taskId":"t1","status":"working","pollIntervalMs":700}""",
            """{"resultType":"complete","taskId":"t1","status":"working","statusMessage":"half way","pollIntervalMs":1300}""",
            """{"resultType":"complete","taskId":"t1","status":"working"}""",
            """{"resultType":"complete","taskId":"t1","status":"completed","result":{"content":[{"type":"text","text":"done"}]}}""",
        ];
        await using var server = await ScriptedServer.StartAsync(McpHost.Current, Script(
            """{"resultType":"task","taskId":"t1","status":"working","createdAt":"2026-01-01T00:00:00Z","ttlMs":60000}""",
            "tasks/get", looks));
        await using var client = ErrandMcpClient.Over(server.Client, new() { Time = time, PollInterval = TimeSpan.FromSeconds(9) });

        var call = await client.CallAsync("slow", cancellationToken: Token);
        Assert.Equal("t1", call.Id);
        Assert.False(call.IsDone);
        var updates = await call.WatchAsync(Token).ToListAsync(Token);

        Assert.Equal("done", (await call.ResultAsync(Token)).Text());
        Assert.Equal([JobState.Running, JobState.Running, JobState.Running, JobState.Completed], updates.Select(update => update.State));
        Assert.Equal("half way", updates[1].Message);
        Assert.Equal([700, 1300, 9000], time.Pauses.Select(pause => pause.TotalMilliseconds));
        Assert.All(server.Asked, asked => Assert.Contains(
            "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}", asked.Parameters["_meta"]!.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task O8_a_task_of_2025_is_asked_for_and_its_result_fetched()
    {
        var time = new InstantTime();
        int looks = 0;
        await using var server = await ScriptedServer.StartAsync(McpHost.Legacy, (method, _) => Parse(method switch
        {
            "tools/list" => """{"tools":[{"name":"slow","inputSchema":{"type":"object"},"execution":{"taskSupport":"optional"}}]}""",
            "tools/call" => """{"task":{"taskId":"t2","status":"working","createdAt":"2025-12-01T00:00:00Z","ttl":60000}}""",
            "tasks/get" => ++looks < 3
                ? """{"taskId":"t2","status":"working","statusMessage":"at it","pollInterval":400,"ttl":60000}"""
                : """{"taskId":"t2","status":"completed","ttl":60000}""",
            "tasks/result" => """{"content":[{"type":"text","text":"done"}]}""",
            _ => null,
        }));
        await using var client = ErrandMcpClient.Over(server.Client, new() { Time = time });

        var call = await client.CallAsync("slow", cancellationToken: Token);

        Assert.NotNull(server.Asked.Single(asked => asked.Method == "tools/call").Parameters["task"]);
        Assert.Equal("done", (await call.ResultAsync(Token)).Text());
        Assert.True(call.IsDone);
        Assert.Equal(1, server.Count("tasks/result"));
    }

    [Fact]
    public async Task O8_a_cancelled_task_of_2025_has_no_result()
    {
        await using var server = await ScriptedServer.StartAsync(McpHost.Legacy, (method, _) => Parse(method switch
        {
            "tools/list" => """{"tools":[{"name":"slow","inputSchema":{"type":"object"},"execution":{"taskSupport":"required"}}]}""",
            "tasks/get" => """{"taskId":"t2","status":"cancelled","ttl":60000}""",
            "tasks/cancel" => """{"error":{"code":-32602,"message":"it has ended"}}""",
            "tasks/result" => """{"error":{"code":-32603,"message":"it was cancelled"}}""",
            _ => null,
        }));
        await using var client = ErrandMcpClient.Over(server.Client);
        var call = client.Resume("t2");

        await call.CancelAsync(Token);
        await Assert.ThrowsAsync<RemoteCallCancelledException>(() => call.ResultAsync(Token));
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task O8_a_server_without_any_of_it_answers_plainly(string version)
    {
        await using var server = await ScriptedServer.StartAsync(version, (method, _) => Parse(method == "tools/list"
            ? """{"tools":[{"name":"add","inputSchema":{"type":"object"}}],"resultType":"complete"}"""
            : """{"content":[{"type":"text","text":"3"}],"resultType":"complete"}"""));
        await using var client = ErrandMcpClient.Over(server.Client);

        var call = await client.CallAsync("add", new Dictionary<string, object?> { ["a"] = 1, ["b"] = 2 }, cancellationToken: Token);

        Assert.Null(call.Id);
        Assert.True(call.IsDone);
        Assert.Equal("3", (await call.ResultAsync(Token)).Text());
        Assert.Empty(await call.WatchAsync(Token).ToListAsync(Token));
        var asked = server.Asked.Single(asked => asked.Method == "tools/call").Parameters;
        Assert.Equal("""{"a":1,"b":2}""", asked["arguments"]!.ToJsonString());
        Assert.Null(asked["task"]);
    }

    [Fact]
    public async Task O8_a_task_that_ends_with_an_error_of_the_protocol_throws_it()
    {
        await using var server = await ScriptedServer.StartAsync(McpHost.Current, Script(
            "{}", "tasks/get", """{"resultType":"complete","taskId":"t3","status":"failed","error":{"code":-32011,"message":"no disk"}}"""));
        await using var client = ErrandMcpClient.Over(server.Client);

        var problem = await Assert.ThrowsAsync<McpProtocolException>(() => client.Resume("t3").ResultAsync(Token));

        Assert.Equal(-32011, (int)problem.ErrorCode);
        Assert.Contains("no disk", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task O8_tools_that_were_renamed_are_called_by_their_new_names()
    {
        await using var server = await ScriptedServer.StartAsync("2025-06-18", (_, parameters) => Parse(parameters["name"]!.ToString() == "slow"
            ? """{"content":[],"_meta":{"errand/handle":"j1"}}"""
            : """{"content":[],"structuredContent":{"job":{"id":"j1","state":"completed"},"cursor":"3","result":{"stdout":"hi"}}}"""));
        var options = new ErrandMcpClientOptions();
        options.ToolNames["job_wait"] = "wait_for_it";
        options.ToolNames["job_result"] = "what_it_said";
        await using var client = ErrandMcpClient.Over(server.Client, options);

        var answer = await (await client.CallAsync("slow", cancellationToken: Token)).ResultAsync(Token);

        Assert.Equal("hi", answer.Member("stdout"));
        Assert.Equal(["slow", "wait_for_it", "what_it_said"], server.Asked.Select(asked => asked.Parameters["name"]!.ToString()));
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task O8_an_id_that_the_server_does_not_know_is_refused_by_name(string version)
    {
        await using var server = await ScriptedServer.StartAsync(version, (method, _) => Parse(method == "tools/list"
            ? """{"tools":[{"name":"slow","inputSchema":{"type":"object"},"execution":{"taskSupport":"optional"}}]}"""
            : """{"error":{"code":-32602,"message":"unknown"}}"""));
        await using var client = ErrandMcpClient.Over(server.Client);

        var problem = await Assert.ThrowsAsync<RemoteCallNotFoundException>(() => client.Resume("gone").ResultAsync(Token));

        Assert.Equal("gone", problem.Id);
        await Assert.ThrowsAsync<RemoteCallNotFoundException>(() => client.Resume("gone").CancelAsync(Token));
    }

    private static Func<string, JsonObject, JsonObject?> Script(string answer, string method, params string[] then)
    {
        var left = new Queue<string>(then);
        return (asked, _) => asked == "tools/call" ? Parse(answer)
            : asked == method ? Parse(left.Dequeue())
            : Parse("""{"error":{"code":-32601,"message":"no"}}""");
    }

    private static JsonObject? Parse(string? json) => json is null ? null : (JsonObject)JsonNode.Parse(json)!;
}
