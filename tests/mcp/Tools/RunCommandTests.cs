using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp.Tests.Tools;

/// <summary>Commands are handed over as the calls of every deferrable tool are, to every kind of client.</summary>
public sealed class RunCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task A2_a_command_that_ends_in_time_is_answered_plainly_and_leaves_no_job(string version)
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync(version);
        var answer = await client.AskAsync("run_command", ("command", "make"));
        Assert.Equal("done\n", answer.Member("stdout"));
        Assert.Equal("done\n", answer.Text());
        Assert.Empty((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task A6_strict_is_an_error_with_the_same_id_and_instructions()
    {
        var gate = new Gate();
        await using var host = await SlowAsync(gate);
        var client = await host.ConnectAsync();
        var strict = await client.AskAsync("run_command", ("command", "make"), ("asyncTimeout", 1), ("_async_strict", true));
        Assert.True(strict.IsError);
        Assert.Equal("ASYNC_TIMEOUT", strict.Member("code"));
        Assert.Contains($"call job_wait with id \"{strict.Member("id")}\"", strict.Text(), StringComparison.Ordinal);
        gate.Open();
        Assert.Equal("completed", (await client.AskAsync("job_wait", ("id", strict.Member("id")))).At("job", "state").GetString());
    }

    [Fact]
    public async Task A7_the_caller_says_how_much_a_handle_tells()
    {
        var gate = new Gate();
        await using var host = await SlowAsync(gate);
        var client = await host.ConnectAsync();
        var minimal = await client.AskAsync("run_command", ("command", "make"), ("asyncTimeout", 1), ("_async_response_format", "minimal"));
        Assert.False(minimal.Json().TryGetProperty("startedAt", out _));
        var full = await client.AskAsync("run_command", ("command", "make"), ("asyncTimeout", 1), ("_async_response_format", "full"));
        Assert.Equal("integer", full.At("expectedSchema", "properties", "exitCode", "type").GetString());
        var bogus = await client.AskAsync("run_command", ("command", "make"), ("_async_response_format", "bogus"));
        Assert.Equal("'bogus' is not a valid response format; use minimal, standard or full.", bogus.Text());
        gate.Open();
    }

    [Fact]
    public async Task O2_a_client_that_declares_tasks_is_given_a_task_whose_result_is_the_commands()
    {
        var gate = new Gate();
        await using var host = await SlowAsync(gate);
        var client = await host.ConnectAsync();

        var task = await client.SendWithTasksAsync("tools/call", """{"name":"run_command","arguments":{"command":"make","asyncTimeout":1}}""", Token);

        Assert.Equal("task", task["resultType"]!.ToString());
        var id = JobId.Parse(task["taskId"]!.ToString());
        var job = await host.Jobs.GetAsync(id, Token);
        Assert.Equal("command", job.Kind);
        Assert.Equal("""{"command":"make"}""", job.Spec.Input.ToString());
        gate.Open();
        await host.Jobs.WaitAsync(id, null, Token);
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{id}}"}""", Token);
        Assert.Equal("completed", got["status"]!.ToString());
        Assert.Equal("done\n", got["result"]!["content"]![0]!["text"]!.ToString());
        Assert.Equal("0", got["result"]!["structuredContent"]!["exitCode"]!.ToString());
    }

    [Fact]
    public async Task O3_a_call_that_asks_for_a_task_of_2025_11_25_gets_one_at_once()
    {
        var gate = new Gate();
        await using var host = await SlowAsync(gate);
        var client = await host.ConnectAsync(McpHost.Legacy);
        var made = await client.SendAsync("tools/call", """{"name":"run_command","arguments":{"command":"make"},"task":{}}""", Token);
        Assert.Equal("working", made["task"]!["status"]!.ToString());
        Assert.Equal("command", (await host.Jobs.GetAsync(JobId.Parse(made["task"]!["taskId"]!.ToString()), Token)).Kind);
        gate.Open();
    }

    [Fact]
    public async Task O7_filters_of_the_server_see_commands_and_may_refuse_them()
    {
        await using var host = await McpHost.StartAsync(server =>
        {
            server.Services.AddErrandTools();
            server.WithRequestFilters(filters => filters.AddCallToolFilter(_ => (_, _) => new(new CallToolResult { IsError = true, Content = [] })));
        });
        var client = await host.ConnectAsync();
        Assert.True((await client.AskAsync("run_command", ("command", "make"))).IsError);
    }

    private static Task<McpHost> SlowAsync(Gate gate) => ToolHost.StartAsync(async job =>
    {
        await gate.PassAsync(job.CancellationToken);
        return ToolHost.Said("done\n");
    });
}
