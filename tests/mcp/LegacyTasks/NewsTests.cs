using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>What a session of 2025-11-25 hears of its tasks without asking.</summary>
public sealed class NewsTests
{
    private const string Status = "notifications/tasks/status";
    private const string Progress = "notifications/progress";

    [Fact]
    public async Task O3_7_a_session_hears_of_each_new_status_of_its_tasks()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");
        var waits = (await client.NextAsync(Status))["params"]!;
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        await client.ReplyAsync(await client.NextAsync("elicitation/create"), """{"action":"decline"}""");
        await result;

        List<string> heard = [waits["status"]!.ToString()];
        while (heard[^1] != "completed") heard.Add((await client.NextAsync(Status))["params"]!["status"]!.ToString());

        Assert.Equal(id, waits["taskId"]!.ToString());
        // Between the answer and the end it may be seen at work, or not.
        Assert.Equal(["input_required", "completed"], heard.Where(status => status != "working"));
    }

    [Fact]
    public async Task O3_7_other_sessions_hear_nothing_of_it()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        await using var other = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("slow", meta: """{"progressToken":"t"}""");
        await client.NextAsync(Progress);
        gate.Open();
        await client.NextAsync(Status);

        Assert.Equal("completed", (await other.GetTaskAsync(id))["status"]!.ToString());
        Assert.Empty(other.Unasked());
    }

    [Theory, InlineData("\"t-1\""), InlineData("17")]
    public async Task O3_7_the_token_of_the_call_brings_progress_for_as_long_as_the_task_lives(string token)
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("slow", meta: $$"""{"progressToken":{{token}} }""");

        var heard = (JsonObject)(await client.NextAsync(Progress))["params"]!;
        gate.Open();
        await client.NextAsync(Status);

        Assert.Equal(id, heard["_meta"]!["io.modelcontextprotocol/related-task"]!["taskId"]!.ToString());
        heard.Remove("_meta");
        Assert.Equal($$"""{"progressToken":{{token}},"progress":1,"total":4,"message":"begun"}""", heard.ToJsonString());
        // Whatever is answered now was sent after all that was told of the task.
        await client.GetTaskAsync(id);
        Assert.Empty(client.Unasked());
    }

    [Fact]
    public async Task O3_7_without_a_token_there_is_no_progress_but_tasks_get_tells_it()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("slow");
        await host.UntilAsync(id, job => job.Progress is not null);

        Assert.Equal("25 %: begun", (await client.GetTaskAsync(id))["statusMessage"]!.ToString());
        gate.Open();
        await client.NextAsync(Status);
        Assert.DoesNotContain(client.Unasked(), message => message["method"]!.ToString() == Progress);
    }

    [Fact]
    public async Task O3_7_a_task_goes_on_when_its_session_ends_and_another_session_gets_its_result()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        string id;
        await using (var client = await RawClient.ConnectAsync(host))
        {
            id = await client.CallAsTaskAsync("slow", meta: """{"progressToken":"t"}""");
            await gate.Begun;
        }
        gate.Open();
        await using var other = await RawClient.ConnectAsync(host);

        Assert.Equal("done", (await other.ResultAsync("tasks/result", LegacyHost.Named(id)))["content"]![0]!["text"]!.ToString());
        Assert.Equal(1, gate.Passes);
    }
}
