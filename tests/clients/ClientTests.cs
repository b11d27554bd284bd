namespace Errand.Clients.Tests;

/// <summary>The official TypeScript client 2.x in the current revision, without tasks.</summary>
public sealed class ClientTests
{
    private const string Name = "client.mjs";

    [Fact]
    public async Task B_50_what_a_tool_with_an_output_schema_answers_passes_the_clients_own_check()
    {
        await using var server = await FixtureServer.StartAsync();
        foreach (string target in (string[])[server.Url, server.CommandJson])
        {
            var said = await Script.RunAsync(Name, "plain", target);
            Assert.Equal("3", said.Text("inTime.count"));
            Assert.Equal("processing", said.Text("status"));
            Assert.Equal("3", said.Text("ended.result.count"));
        }
    }

    [Fact]
    public async Task O6_a_question_within_the_callers_patience_is_answered()
    {
        await using var server = await FixtureServer.StartAsync();
        Assert.Equal("Hello, Ada!", (await Script.RunAsync(Name, "ask", server.Url)).Text("text"));
    }

    [Fact]
    public async Task A10_progress_is_heard_while_the_call_is_waited_for()
    {
        await using var server = await FixtureServer.StartAsync();
        var said = await Script.RunAsync(Name, "progress", server.Url);
        Assert.Equal("rested", said.Text("text"));
        Assert.Equal("asleep", said.GetProperty("heard")[0].Text("message"));
    }
}
