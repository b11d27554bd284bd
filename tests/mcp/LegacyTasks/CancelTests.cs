namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>The end of tasks of 2025-11-25 by request.</summary>
public sealed class CancelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O3_4_a_task_is_cancelled_for_good_as_soon_as_that_is_asked_for()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("stubborn");
        await gate.Begun;

        var cancelled = await client.ResultAsync("tasks/cancel", LegacyHost.Named(id));

        Assert.Equal("cancelled", cancelled["status"]!.ToString());
        Assert.Equal(id, cancelled["taskId"]!.ToString());
        // Its work does not listen, and is still under way.
        Assert.Equal(JobState.Running, (await host.Jobs.GetAsync(JobId.Parse(id), Token)).State);
        Assert.Equal("cancelled", (await client.GetTaskAsync(id))["status"]!.ToString());
        Assert.Equal("Cancelled by its client.", (await client.GetTaskAsync(id))["statusMessage"]!.ToString());
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);
        Assert.Equal("cancelled", (await client.GetTaskAsync(id))["status"]!.ToString());
    }

    [Fact]
    public async Task O3_4_the_result_of_a_cancelled_task_is_there_at_once_and_says_so()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("stubborn");
        await gate.Begun;
        var waiting = client.ResultAsync("tasks/result", LegacyHost.Named(id));

        await client.ResultAsync("tasks/cancel", LegacyHost.Named(id));

        var result = await waiting;
        Assert.True(result["isError"]!.GetValue<bool>());
        Assert.Equal("The call was cancelled.", result["content"]![0]!["text"]!.ToString());
        Assert.Equal(id, result["_meta"]!["io.modelcontextprotocol/related-task"]!["taskId"]!.ToString());
        Assert.Equal(result.ToJsonString(), (await client.ResultAsync("tasks/result", LegacyHost.Named(id))).ToJsonString());
        gate.Open();
    }

    [Theory, InlineData("greet", "completed"), InlineData("erring", "failed"), InlineData("refusing", "failed")]
    public async Task O3_4_a_task_that_has_ended_cannot_be_cancelled(string tool, string status)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync(tool, """{"name":"Ada"}""");
        await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);

        var (code, message) = await client.ErrorAsync("tasks/cancel", LegacyHost.Named(id));

        Assert.Equal(-32602, code);
        Assert.Equal($"Task '{id}' is already {status}, and stays so.", message);
        Assert.Equal(status, (await client.GetTaskAsync(id))["status"]!.ToString());
    }

    [Fact]
    public async Task O3_4_a_task_that_was_cancelled_cannot_be_cancelled_again()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("stubborn");
        await client.ResultAsync("tasks/cancel", LegacyHost.Named(id));

        Assert.Equal(-32602, (await client.ErrorAsync("tasks/cancel", LegacyHost.Named(id))).Code);
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);
        Assert.Equal(-32602, (await client.ErrorAsync("tasks/cancel", LegacyHost.Named(id))).Code);
    }

    [Fact]
    public async Task O3_4_a_job_that_somebody_else_cancels_is_a_cancelled_task()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("slow");
        await gate.Begun;

        await host.Jobs.CancelAsync(JobId.Parse(id), "an operator", Token);

        var got = await client.GetTaskAsync(id);
        Assert.Equal("cancelled", got["status"]!.ToString());
        Assert.Equal("Cancelled by an operator.", got["statusMessage"]!.ToString());
        Assert.Equal("cancelled", (await client.NextAsync("notifications/tasks/status"))["params"]!["status"]!.ToString());
    }
}
