using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>What becomes of calls whose process ends.</summary>
public sealed class RestartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task J5_only_a_tool_that_says_so_runs_again_after_its_process_has_ended()
    {
        await using var first = await StartAsync();
        var client = await first.ConnectAsync();
        var again = JobId.Parse((await CallAsync(client, "again")).Member("id")!);
        var once = JobId.Parse((await CallAsync(client, "once")).Member("id")!);
        await first.EndAsync();
        await using var second = await first.StartAnotherAsync();
        second.Services.GetRequiredService<Gate>().Open();

        var restarted = (await second.Jobs.WaitAsync(again, null, Token)).Job;
        var interrupted = (await second.Jobs.WaitAsync(once, null, Token)).Job;

        Assert.Equal((JobState.Completed, 2), (restarted.State, restarted.Attempt));
        Assert.Contains("with the same words", restarted.Outcome!.Result.ToString(), StringComparison.Ordinal);
        Assert.Equal((JobState.Failed, JobErrorCodes.Interrupted), (interrupted.State, interrupted.Outcome!.Error!.Code));
    }

    [Fact]
    public async Task D1_a_result_outlives_its_process()
    {
        await using var first = await StartAsync();
        var client = await first.ConnectAsync();
        string id = (await CallAsync(client, "once")).Member("id")!;
        first.Services.GetRequiredService<Gate>().Open();
        await first.Jobs.WaitAsync(JobId.Parse(id), null, Token);
        await first.EndAsync();
        await using var second = await first.StartAnotherAsync();
        client = await second.ConnectAsync();

        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{id}}"}""", Token);

        Assert.Equal("done with the same words", got["result"]!["content"]![0]!["text"]!.ToString());
    }

    private static ValueTask<ModelContextProtocol.Protocol.CallToolResult> CallAsync(McpClient client, string tool) =>
        client.CallToolAsync(tool, new Dictionary<string, object?> { ["words"] = "with the same words", ["asyncTimeout"] = 20 }, cancellationToken: Token);

    private static Task<McpHost> StartAsync() => McpHost.StartAsync(server =>
    {
        server.Services.AddSingleton<Gate>().Configure<ErrandOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        server.WithTools<Tools>();
    });

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "again"), Deferrable(Restartable = true)]
        public Task<string> AgainAsync(string words, CancellationToken cancellationToken) => OnceAsync(words, cancellationToken);

        [McpServerTool(Name = "once"), Deferrable]
        public async Task<string> OnceAsync(string words, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return $"done {words}";
        }
    }
}
