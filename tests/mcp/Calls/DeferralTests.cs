using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>What a call is answered, before and after it was handed over.</summary>
public sealed class DeferralTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task A2_a_call_that_ends_in_time_is_answered_plainly_and_leaves_no_job(string version)
    {
        await using var host = await McpHost.StartAsync<Tools>(out _);
        var client = await host.ConnectAsync(version);

        var answer = await client.CallToolAsync("greet", new Dictionary<string, object?> { ["name"] = "Ada" }, cancellationToken: Token);

        Assert.Equal("Hello, Ada!", answer.Text());
        Assert.Null(answer.IsError);
        Assert.Empty((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task A3_a_call_that_outlives_its_callers_patience_goes_on_as_a_job_and_runs_once(string version)
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync(version);

        var answer = await client.CallToolAsync("slow", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);

        Assert.Equal("processing", answer.Member("status"));
        var id = JobId.Parse(answer.Member("id")!);
        Assert.Equal(JobState.Running, (await host.Jobs.GetAsync(id, Token)).State);
        gate.Open();
        var ended = (await host.Jobs.WaitAsync(id, null, Token)).Job;
        Assert.Equal(JobState.Completed, ended.State);
        Assert.Contains("done", ended.Outcome!.Result.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, gate.Passes);
    }

    [Fact]
    public async Task O2_a_client_that_declares_tasks_is_given_a_task_and_its_result()
    {
        await using var host = await McpHost.StartAsync<Tools>(out var gate);
        var client = await host.ConnectAsync();

        var task = await client.SendWithTasksAsync("tools/call", """{"name":"slow","arguments":{"asyncTimeout":20}}""", Token);

        Assert.Equal("task", task["resultType"]!.ToString());
        Assert.Equal("working", task["status"]!.ToString());
        string id = task["taskId"]!.ToString();
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{id}}"}""", Token);
        Assert.Equal("completed", got["status"]!.ToString());
        Assert.Equal("done", got["result"]!["content"]![0]!["text"]!.ToString());
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "greet"), Deferrable, Description("Greets.")]
        public static string Greet(string name) => $"Hello, {name}!";

        [McpServerTool(Name = "slow"), Deferrable, Description("Takes its time.")]
        public async Task<string> SlowAsync(IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
        {
            progress.Report(new() { Progress = 1, Total = 4, Message = "begun" });
            await gate.PassAsync(cancellationToken);
            return "done";
        }
    }
}
