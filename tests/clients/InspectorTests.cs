namespace Errand.Clients.Tests;

/// <summary>The official inspector on the command line: each call is a client of its own, and it knows no tasks.</summary>
public sealed class InspectorTests
{
    private const string Program = "@modelcontextprotocol/inspector-cli/build/cli.js";

    [Fact]
    public async Task O4_a_call_that_is_handed_over_is_followed_with_tools_by_another_client()
    {
        await using var server = await FixtureServer.StartAsync();
        string[] target = ["--cli", server.Url, "--transport", "http"];

        var tools = await Script.RunPackageAsync(Program, [.. target, "--method", "tools/list"]);
        string?[] names = [.. tools.GetProperty("tools").EnumerateArray().Select(tool => tool.Text("name"))];
        Assert.Contains("nap", names);
        Assert.Contains("job_wait", names);

        var handle = await Script.RunPackageAsync(
            Program, [.. target, "--method", "tools/call", "--tool-name", "nap", "--tool-arg", "milliseconds=300", "--tool-arg", "asyncTimeout=20"]);
        Assert.Equal("processing", handle.Text("structuredContent.status"));
        string id = handle.Text("structuredContent.id")!;

        var ended = await Script.RunPackageAsync(Program, [.. target, "--method", "tools/call", "--tool-name", "job_wait", "--tool-arg", $"id={id}"]);
        Assert.Equal("completed", ended.Text("structuredContent.job.state"));
        Assert.Equal("rested", ended.Text("structuredContent.job.result"));
    }
}
