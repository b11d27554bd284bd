using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Errand.Server.Tests;

/// <summary>What a client of MCP meets, in both generations of the protocol.</summary>
public sealed class McpTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    public static TheoryData<string> Versions => ["2025-06-18", "2025-11-25", "2026-07-28"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_tools_are_there_whatever_the_revision(string version)
    {
        await using var client = await server.ConnectAsync(version);
        Assert.Equal(version, client.NegotiatedProtocolVersion);
        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            ["job_cancel", "job_input", "job_list", "job_output", "job_result", "job_retry", "job_status", "job_wait", "run_command"],
            tools.Select(tool => tool.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task B_05_a_command_that_ends_in_time_answers_plainly_and_leaves_no_job(string version)
    {
        await using var client = await server.ConnectAsync(version);
        var result = await CallAsync(client, "run_command", new() { ["command"] = "echo out; echo err >&2", ["title"] = "inside" });
        Assert.NotEqual(true, result.IsError);
        Assert.Equal("out\n", result.Json().Text("stdout"));
        Assert.Equal("err\n", result.Json().Text("stderr"));
        Assert.Equal("0", result.Json().Text("exitCode"));
        var list = await CallAsync(client, "job_list", new() { ["text"] = "inside" });
        Assert.Empty(list.Json().GetProperty("items").EnumerateArray());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task B_03_a_command_that_takes_longer_is_handed_over_and_completes(string version)
    {
        string gate = NewGate();
        await using var client = await server.ConnectAsync(version);
        var handle = await CallAsync(client, "run_command", new() { ["command"] = $"echo before; cat {gate}; echo after", ["asyncTimeout"] = 300 });
        Assert.Equal("processing", handle.Json().Text("status"));
        Assert.Equal("running", handle.Json().Text("state"));
        string id = handle.Json().Text("id")!;
        Assert.Contains($"job_wait with id \"{id}\"", handle.Text(), StringComparison.Ordinal);

        var status = await CallAsync(client, "job_status", new() { ["id"] = id });
        Assert.Equal("running", status.Json().Text("state"));
        var early = await CallAsync(client, "job_wait", new() { ["id"] = id, ["timeoutMs"] = 0 });
        Assert.Equal("True", early.Json().Text("timedOut"));
        // B-04: what it wrote before it was handed over.
        Assert.Contains("before", early.Json().Text("output"), StringComparison.Ordinal);

        await OpenAsync(gate);
        var end = await CallAsync(client, "job_wait", new() { ["id"] = id });
        Assert.Equal("False", end.Json().Text("timedOut"));
        var job = end.Json().GetProperty("job");
        Assert.Equal("completed", job.Text("state"));
        Assert.Equal("before\nopen\nafter\n", job.GetProperty("result").Text("stdout"));
        var output = await CallAsync(client, "job_output", new() { ["id"] = id, ["tailLines"] = 1 });
        Assert.Equal("after", output.Json().Text("text"));
        var found = await CallAsync(client, "job_output", new() { ["id"] = id, ["grep"] = "^be" });
        Assert.Equal("before", found.Json().Text("text"));
    }

    [Fact]
    public async Task B_53_an_exit_code_in_time_is_a_plain_result_and_later_a_failure()
    {
        await using var client = await server.ConnectAsync();
        var inside = await CallAsync(client, "run_command", new() { ["command"] = "echo why >&2; exit 3" });
        Assert.True(inside.IsError);
        Assert.Equal("3", inside.Json().Text("exitCode"));

        string gate = NewGate();
        var handle = await CallAsync(client, "run_command", new() { ["command"] = $"cat {gate}; echo why >&2; exit 3", ["asyncTimeout"] = 1 });
        await OpenAsync(gate);
        var job = (await CallAsync(client, "job_wait", new() { ["id"] = handle.Json().Text("id")! })).Json().GetProperty("job");
        Assert.Equal("failed", job.Text("state"));
        Assert.Equal("exit_code", job.GetProperty("error").Text("code"));
        Assert.Contains("why", job.GetProperty("error").Text("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "asyncTimeout must be a positive number")]
    [InlineData(-1000, "asyncTimeout must be a positive number")]
    [InlineData(2.5, "asyncTimeout must be an integer")]
    [InlineData("abc", "asyncTimeout must be an integer")]
    public async Task B_02_a_patience_that_is_none_is_refused_by_name_and_nothing_is_started(object patience, string words)
    {
        string trace = Path.Combine(server.Data, Path.GetRandomFileName());
        await using var client = await server.ConnectAsync();
        var result = await CallAsync(client, "run_command", new() { ["command"] = $"touch {trace}", ["asyncTimeout"] = patience });
        Assert.True(result.IsError);
        Assert.Contains(words, result.Text(), StringComparison.Ordinal);
        Assert.Equal("asyncTimeout", result.Json().Text("param"));
        Assert.False(File.Exists(trace));
    }

    [Theory]
    [InlineData("cwd", "relative")]
    [InlineData("argv", "not a list")]
    [InlineData("nonsense", 1)]
    public async Task Arguments_that_do_not_fit_are_refused_by_name(string name, object value)
    {
        await using var client = await server.ConnectAsync();
        var result = await CallAsync(client, "run_command", new() { ["command"] = "true", [name] = value });
        Assert.True(result.IsError);
        Assert.Equal(name, result.Json().Text("param"));
    }

    [Fact]
    public async Task Background_hands_over_at_once_and_cancel_ends_it_with_all_it_started()
    {
        await using var client = await server.ConnectAsync();
        string id = (await CallAsync(client, "run_command", new() { ["command"] = "sleep 600 & sleep 600; echo never", ["background"] = true })).Json().Text("id")!;
        var first = await CallAsync(client, "job_cancel", new() { ["id"] = id });
        Assert.Equal("cancelling", first.Json().Text("answer"));
        var job = (await CallAsync(client, "job_wait", new() { ["id"] = id })).Json().GetProperty("job");
        Assert.Equal("cancelled", job.Text("state"));
        var second = await CallAsync(client, "job_cancel", new() { ["id"] = id });
        Assert.Equal("already_cancelled", second.Json().Text("answer"));
    }

    [Fact(Timeout = 60_000)]
    public async Task B_49_a_command_whose_caller_gives_up_goes_on_and_is_listed()
    {
        string gate = NewGate(), started = NewGate(), title = Path.GetRandomFileName();
        await using var client = await server.ConnectAsync();
        using var giveUp = new CancellationTokenSource();
        var call = client.CallToolAsync("run_command",
            new Dictionary<string, object?> { ["command"] = $"echo go > {started}; cat {gate}", ["title"] = title }, cancellationToken: giveUp.Token).AsTask();
        await File.ReadAllTextAsync(started, TestContext.Current.CancellationToken);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        string id = await ListedAsync(client, title);
        await OpenAsync(gate);
        var job = (await CallAsync(client, "job_wait", new() { ["id"] = id })).Json().GetProperty("job");
        Assert.Equal("completed", job.Text("state"));
    }

    [Fact]
    public async Task Unknown_ids_are_tool_errors_that_say_so()
    {
        await using var client = await server.ConnectAsync();
        foreach (string tool in (string[])["job_status", "job_wait", "job_output", "job_cancel"])
        {
            var result = await CallAsync(client, tool, new() { ["id"] = new string('0', 36) });
            Assert.True(result.IsError);
            Assert.Equal("not_found", result.Json().Text("code"));
        }
    }

    private static async Task<CallToolResult> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments) =>
        await client.CallToolAsync(tool, arguments, cancellationToken: TestContext.Current.CancellationToken);

    // Nothing tells a client when the server has noticed that it is gone: it asks until the job is there.
    private static async Task<string> ListedAsync(McpClient client, string title)
    {
        while (true)
        {
            var items = (await CallAsync(client, "job_list", new() { ["text"] = title })).Json().GetProperty("items");
            if (items.GetArrayLength() > 0) return items[0].Text("id")!;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A pipe with a name: who reads it waits until somebody writes.</summary>
    private string NewGate()
    {
        string gate = Path.Combine(server.Data, Path.GetRandomFileName());
        using var made = System.Diagnostics.Process.Start("mkfifo", [gate]);
        made.WaitForExit();
        return gate;
    }

    private static Task OpenAsync(string gate) => File.WriteAllTextAsync(gate, "open\n", TestContext.Current.CancellationToken);
}
