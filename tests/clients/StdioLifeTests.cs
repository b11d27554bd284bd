using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Clients.Tests;

/// <summary>B-54: a server on a pipe lives as long as its client, and a little longer. The client is the official one for C#.</summary>
public sealed class StdioLifeTests
{
    private static readonly Dictionary<string, object?> Soon = new() { ["asyncTimeout"] = 20 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData("2026-07-28"), InlineData("2025-11-25")]
    public async Task B_54_what_was_handed_over_may_end_while_the_server_lingers(string version)
    {
        await using var server = new FixtureServer();
        var client = await ConnectAsync(server, version);
        string id = await HandOverAsync(client, "wait");

        var closed = client.DisposeAsync();
        await server.WaitForAsync("stopping");
        server.Leave("go");
        await closed;

        await using var next = await ConnectAsync(server);
        Assert.Equal("completed", await StateOfAsync(next, id));
        Assert.Equal(0, server.Count("told to stop"));
    }

    [Fact]
    public async Task B_54_what_has_not_ended_by_then_is_told_to_stop_and_ends_interrupted()
    {
        await using var server = new FixtureServer();
        var client = await ConnectAsync(server);
        string id = await HandOverAsync(client, "wait");
        await client.DisposeAsync();

        await using var next = await ConnectAsync(server);
        var ended = await next.CallToolAsync("job_wait", new Dictionary<string, object?> { ["id"] = id }, cancellationToken: Token);
        Assert.Equal("interrupted", ended.StructuredContent!.Value.Text("job.error.code"));
        Assert.Equal(1, server.Count("told to stop"));
    }

    [Fact]
    public async Task B_54_a_restartable_tool_runs_again_at_the_next_start()
    {
        await using var server = new FixtureServer();
        var client = await ConnectAsync(server);
        string id = await HandOverAsync(client, "hold");
        await client.DisposeAsync();

        server.Leave("go");
        await using var next = await ConnectAsync(server);
        Assert.Equal("completed", await StateOfAsync(next, id));
        Assert.Equal(2, server.Count("held"));
    }

    [Theory, InlineData("2026-07-28"), InlineData("2025-11-25")]
    public async Task B_54_a_call_within_its_patience_is_cancelled_when_its_client_goes(string version)
    {
        await using var server = new FixtureServer();
        var client = await ConnectAsync(server, version);
        var call = client.CallToolAsync("wait", cancellationToken: Token).AsTask();
        await server.WaitForAsync("waiting");

        await client.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Equal(1, server.Count("told to stop"));
        await using var next = await ConnectAsync(server);
        Assert.Equal("0", await CountJobsAsync(next));
    }

    [Fact]
    public async Task B_54_a_call_that_is_to_go_on_without_its_client_becomes_a_job()
    {
        await using var server = new FixtureServer();
        var client = await ConnectAsync(server);
        var call = client.CallToolAsync("keep", cancellationToken: Token).AsTask();
        await server.WaitForAsync("waiting");

        var closed = client.DisposeAsync();
        await server.WaitForAsync("stopping");
        server.Leave("go");
        await closed;

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await using var next = await ConnectAsync(server);
        Assert.Equal("1", await CountJobsAsync(next));
    }

    private static Task<McpClient> ConnectAsync(FixtureServer server, string version = "2026-07-28") => McpClient.CreateAsync(
        new StdioClientTransport(new() { Command = server.Command[0], Arguments = server.Command[1..], ShutdownTimeout = TimeSpan.FromSeconds(60) }),
        new() { ProtocolVersion = version }, cancellationToken: Token);

    private static async Task<string> HandOverAsync(McpClient client, string tool)
    {
        var handle = await client.CallToolAsync(tool, Soon, cancellationToken: Token);
        return handle.StructuredContent!.Value.Text("id")!;
    }

    private static async Task<string?> StateOfAsync(McpClient client, string id)
    {
        CallToolResult ended = await client.CallToolAsync("job_wait", new Dictionary<string, object?> { ["id"] = id }, cancellationToken: Token);
        return ended.StructuredContent!.Value.Text("job.state");
    }

    private static async Task<string> CountJobsAsync(McpClient client)
    {
        var listed = await client.CallToolAsync("job_list", cancellationToken: Token);
        return listed.StructuredContent!.Value.GetProperty("items").GetArrayLength().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
