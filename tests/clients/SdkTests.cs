namespace Errand.Clients.Tests;

/// <summary>The official TypeScript client 1.x, which most hosts of today are built on, with its tasks and without.</summary>
public sealed class SdkTests
{
    private const string Name = "sdk.mjs";

    [Theory, InlineData("quick", "Hello, Ada!"), InlineData("progress", "rested"), InlineData("ask", "Hello, Ada!")]
    public async Task O3_calls_are_answered_and_followed_over_http_and_on_a_pipe(string scenario, string text)
    {
        await using var server = await FixtureServer.StartAsync();
        Assert.Equal(text, (await Script.RunAsync(Name, scenario, server.Url)).Text("text"));
        Assert.Equal(text, (await Script.RunAsync(Name, scenario, server.CommandJson)).Text("text"));
    }

    [Fact]
    public async Task O3_progress_is_seen()
    {
        await using var server = await FixtureServer.StartAsync();
        Assert.Contains("50 %: asleep", (await Script.RunAsync(Name, "progress", server.Url)).Seen("message"));
    }

    [Fact]
    public async Task A7_a_task_is_cancelled_and_its_tool_is_told()
    {
        await using var server = await FixtureServer.StartAsync();
        Assert.Equal("cancelled", (await Script.RunAsync(Name, "cancel", server.Url)).Text("status"));
        await server.WaitForAsync("told to stop");
    }

    [Fact]
    public async Task B_49_a_client_that_gives_up_has_its_tool_told_to_stop()
    {
        await using var server = await FixtureServer.StartAsync();
        Assert.Contains("timed out", (await Script.RunAsync(Name, "giveUp", server.Url)).Text("error"), StringComparison.Ordinal);
        await server.WaitForAsync("told to stop");
    }

    [Fact]
    public async Task B_50_what_a_tool_with_an_output_schema_answers_passes_the_clients_own_check()
    {
        await using var server = await FixtureServer.StartAsync();
        var said = await Script.RunAsync(Name, "plain", server.Url);
        Assert.Equal("True", said.Text("hasSchema"));
        Assert.Equal("3", said.Text("inTime.count"));
        Assert.Equal("processing", said.Text("status"));
        Assert.Equal("3", said.Text("ended.result.count"));
        Assert.Equal("3", (await Script.RunAsync(Name, "report", server.Url)).Text("structured.count"));
    }

    [Fact]
    public async Task B_51_strict_is_an_error_with_the_id_and_the_work_completes()
    {
        await using var server = await FixtureServer.StartAsync();
        var said = await Script.RunAsync(Name, "plain", server.Url);
        Assert.Equal("True", said.Text("strict.isError"));
        Assert.Equal("ASYNC_TIMEOUT", said.Text("strict.code"));
        Assert.Equal("completed", said.Text("strict.ended.state"));
    }

    [Fact]
    public async Task O3_a_task_is_resumed_by_its_id_after_its_server_was_killed()
    {
        await using var server = await FixtureServer.StartAsync();
        string id = (await Script.RunAsync(Name, "begin", server.Url)).Text("id")!;
        await server.WaitForAsync("held");
        await server.KillAsync();
        await server.ListenAsync();
        server.Leave("go");
        Assert.Equal("let go", (await Script.RunAsync(Name, "resume", server.Url, id)).Text("text"));
    }
}
