using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>How calls end: with results and with errors, inside the patience and after it.</summary>
public sealed class EndingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task B_09_an_error_inside_the_window_fails_the_call_and_one_after_it_the_job(string version)
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync(version);

        var inside = await client.CallToolAsync("fail", cancellationToken: Token);
        var handedOver = await client.CallToolAsync("fail_late", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        gate.Open();
        var job = (await host.Jobs.WaitAsync(JobId.Parse(handedOver.Member("id")!), null, Token)).Job;

        Assert.True(inside.IsError);
        Assert.Contains("no luck", inside.Text(), StringComparison.Ordinal);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("no luck", job.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Single((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task A11_an_error_of_the_protocol_is_one_inside_the_window_and_after_it()
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync();

        var inside = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("break", cancellationToken: Token));
        var task = await client.SendWithTasksAsync("tools/call", """{"name":"break_late","arguments":{"asyncTimeout":20}}""", Token);
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(task["taskId"]!.ToString()), null, Token);
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{task["taskId"]}}"}""", Token);

        Assert.Equal(McpErrorCode.InvalidParams, inside.ErrorCode);
        Assert.Equal("failed", got["status"]!.ToString());
        Assert.Equal((int)McpErrorCode.InvalidParams, (int)got["error"]!["code"]!);
        Assert.Equal("broken", got["error"]!["message"]!.ToString());
    }

    [Fact]
    public async Task A11_an_error_of_the_protocol_is_one_in_a_retry_too()
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync();
        var task = await client.SendWithTasksAsync("tools/call", """{"name":"break_late","arguments":{"asyncTimeout":20}}""", Token);
        gate.Open();
        var first = (await host.Jobs.WaitAsync(JobId.Parse(task["taskId"]!.ToString()), null, Token)).Job;

        var again = await host.Jobs.RetryAsync(first.Id, Token);
        again = (await host.Jobs.WaitAsync(again.Id, null, Token)).Job;

        Assert.Equal(first.Outcome!.Error, again.Outcome!.Error);
        Assert.Contains("\"code\":-32602", again.Outcome.Error!.Details.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B7_an_answer_that_says_it_is_an_error_is_a_failed_job_and_a_completed_task()
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync();

        var task = await client.SendWithTasksAsync("tools/call", """{"name":"fail_late","arguments":{"asyncTimeout":20}}""", Token);
        gate.Open();
        var job = (await host.Jobs.WaitAsync(JobId.Parse(task["taskId"]!.ToString()), null, Token)).Job;
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{task["taskId"]}}"}""", Token);

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal("completed", got["status"]!.ToString());
        Assert.True((bool)got["result"]!["isError"]!);
        Assert.Equal("complete", got["result"]!["resultType"]!.ToString());
    }

    [Fact]
    public async Task B_07_a_tool_that_blocks_its_thread_is_handed_over_all_the_same()
    {
        await using var host = await McpHost.StartAsync<Tools>(out _);
        var client = await host.ConnectAsync();
        using var open = new ManualResetEventSlim();
        Tools.Block = open;

        // The first call shows that the tool blocks; from then on it has a thread of its own.
        var first = client.CallToolAsync("block", cancellationToken: Token);
        open.Set();
        await first;
        open.Reset();
        var answer = await client.CallToolAsync("block", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        open.Set();
        var job = (await host.Jobs.WaitAsync(JobId.Parse(answer.Member("id")!), null, Token)).Job;

        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    public async Task B_06_a_call_whose_end_meets_its_patience_runs_once_and_is_answered_once()
    {
        await using var host = await McpHost.StartAsync<Tools>(out _);
        var client = await host.ConnectAsync();
        Tools.Brief = 0;
        int handedOver = 0;
        const int Calls = 300;
        for (int i = 0; i < Calls; i++)
        {
            // A patience of 1 ms, and work of about as much.
            var answer = await client.CallToolAsync("brief", new Dictionary<string, object?> { ["asyncTimeout"] = 1 }, cancellationToken: Token);
            if (answer.Member("id") is not { } id)
            {
                Assert.Equal("done", answer.Text());
                continue;
            }
            handedOver++;
            Assert.Equal(JobState.Completed, (await host.Jobs.WaitAsync(JobId.Parse(id), null, Token)).Job.State);
        }

        Assert.Equal(Calls, Tools.Brief);
        Assert.Equal(handedOver, (await host.Jobs.CountAsync(new(), Token)).Values.Sum());
    }

    [Fact]
    public async Task A_tool_that_returns_nothing_answers_nothing_before_and_after()
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync();

        var inside = await client.CallToolAsync("nothing", cancellationToken: Token);
        var task = await client.SendWithTasksAsync("tools/call", """{"name":"nothing_late","arguments":{"asyncTimeout":20}}""", Token);
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(task["taskId"]!.ToString()), null, Token);
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{task["taskId"]}}"}""", Token);

        Assert.Empty(inside.Content);
        Assert.Equal("[]", got["result"]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task J10_a_huge_result_of_a_job_is_kept_whole()
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync();

        var task = await client.SendWithTasksAsync("tools/call", """{"name":"huge","arguments":{"asyncTimeout":20}}""", Token);
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(task["taskId"]!.ToString()), null, Token);
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{task["taskId"]}}"}""", Token);

        Assert.Equal(3_000_000, got["result"]!["content"]![0]!["text"]!.ToString().Length);
    }

    [Fact]
    public async Task B_25_a_tool_that_runs_past_its_limit_fails_with_timeout()
    {
        await using var host = await McpHost.StartAsync<Tools>(out _);
        var client = await host.ConnectAsync();

        var answer = await client.CallToolAsync("limited", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        var job = (await host.Jobs.WaitAsync(JobId.Parse(answer.Member("id")!), null, Token)).Job;

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal(JobErrorCodes.Timeout, job.Outcome!.Error!.Code);
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        public static int Brief;
        public static ManualResetEventSlim? Block;

        [McpServerTool(Name = "fail"), Deferrable]
        public static string Fail() => throw new McpException("no luck");

        [McpServerTool(Name = "fail_late"), Deferrable]
        public async Task<string> FailLateAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            throw new McpException("no luck");
        }

        [McpServerTool(Name = "break"), Deferrable]
        public static string Break() => throw new McpProtocolException("broken", McpErrorCode.InvalidParams);

        [McpServerTool(Name = "break_late"), Deferrable]
        public async Task<string> BreakLateAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            throw new McpProtocolException("broken", McpErrorCode.InvalidParams);
        }

        [McpServerTool(Name = "block"), Deferrable]
        public static string BlockItsThread()
        {
            // What is under test: a body that holds its thread for longer than it takes to be noticed.
            Thread.Sleep(30);
            Block!.Wait(Token);
            return "done";
        }

        [McpServerTool(Name = "brief"), Deferrable]
        public static async Task<string> BriefAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Brief);
            await Task.Delay(1, cancellationToken);
            return "done";
        }

        [McpServerTool(Name = "nothing"), Deferrable]
        public static void Nothing() { }

        [McpServerTool(Name = "nothing_late"), Deferrable]
        public async Task NothingLateAsync(CancellationToken cancellationToken) => await gate.PassAsync(cancellationToken);

        [McpServerTool(Name = "huge"), Deferrable]
        public async Task<string> HugeAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return new string('x', 3_000_000);
        }

        [McpServerTool(Name = "limited"), Deferrable(Limit = 200)]
        public static async Task<string> LimitedAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }
    }
}
