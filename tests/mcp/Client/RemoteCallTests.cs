using System.ComponentModel;
using System.Text.Json;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Client;

/// <summary>O8: a tool is called, followed, resumed and cancelled in one way, whatever the server's generation.</summary>
public sealed class RemoteCallTests
{
    private const string Plain = "2025-06-18";
    private static readonly Dictionary<string, object?> Soon = new() { ["asyncTimeout"] = 20 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_a_call_that_is_handed_over_is_followed_to_its_result(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));

        var call = await client.CallAsync("slow", Soon, cancellationToken: Token);

        Assert.NotNull(call.Id);
        Assert.False(call.IsDone);
        gate.Open();
        Assert.Equal("done", (await call.ResultAsync(Token)).Text());
        Assert.True(call.IsDone);
        Assert.Equal("done", (await call.ResultAsync(Token)).Text());
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_what_a_call_reports_is_heard_until_it_ends(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));
        var call = await client.CallAsync("slow", Soon, cancellationToken: Token);
        var states = new List<JobState>();

        await foreach (var update in call.WatchAsync(Token))
        {
            states.Add(update.State);
            if (update.Message?.Contains("begun", StringComparison.Ordinal) == true) gate.Open();
        }

        Assert.Equal(JobState.Running, states[0]);
        Assert.Equal(JobState.Completed, states[^1]);
        Assert.True(call.IsDone);
    }

    [Theory, InlineData(McpHost.Current), InlineData(Plain)]
    public async Task O8_progress_is_heard_while_the_server_has_the_call_answered(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));
        var heard = new Heard(update =>
        {
            if (update is { Message: "begun", Progress: 1, Total: 4 }) gate.Open();
        });

        var call = await client.CallAsync("slow", progress: heard, cancellationToken: Token);

        Assert.Null(call.Id);
        Assert.Equal("done", (await call.ResultAsync(Token)).Text());
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_a_call_is_cancelled(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));
        var call = await client.CallAsync("slow", Soon, cancellationToken: Token);
        await gate.Begun;

        await call.CancelAsync(Token);

        await Assert.ThrowsAsync<RemoteCallCancelledException>(() => call.ResultAsync(Token));
        Assert.Equal(JobState.Cancelled, (await host.Jobs.WaitAsync(JobId.Parse(call.Id!), null, Token)).Job.State);
        await client.Resume(call.Id!).CancelAsync(Token);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_a_tools_own_error_is_its_answer_and_not_a_fault(string version)
    {
        await using var host = await StartAsync(out var gate);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));
        var call = await client.CallAsync("fails", Soon, cancellationToken: Token);
        gate.Open();

        var answer = await call.ResultAsync(Token);

        Assert.True(answer.IsError);
        Assert.Contains("the disk is full", answer.Text(), StringComparison.Ordinal);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task B_10_a_result_that_looks_like_a_handle_is_data(string version)
    {
        await using var host = await StartAsync(out _);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));

        var call = await client.CallAsync("imposter", cancellationToken: Token);

        // A client of 2025-11-25 asks for a task where it may, so what comes at once is no result.
        var answer = await call.ResultAsync(Token);
        Assert.Contains("\"status\":\"processing\"", answer.Text(), StringComparison.Ordinal);
        Assert.Contains(JobId.Parse("01abcdefgh0123456789jkmnpqrstvwxyz01").ToString(), answer.Text(), StringComparison.Ordinal);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_another_client_resumes_a_call_by_its_id_after_the_server_was_started_again(string version)
    {
        string id;
        await using var host = await StartAsync(out var first);
        await using (var client = ErrandMcpClient.Over(await host.ConnectAsync(version)))
        {
            var call = await client.CallAsync("again", Soon, cancellationToken: Token);
            await first.Begun;
            id = call.Id!;
        }
        await host.EndAsync();

        var second = new Gate();
        await using var next = await host.StartAnotherAsync(server => Build(server, second));
        second.Open();
        await using var other = ErrandMcpClient.Over(await next.ConnectAsync(version));

        Assert.Equal("done again", (await other.Resume(id).ResultAsync(Token)).Text());
        Assert.Equal(1, second.Passes);
    }

    [Theory(Timeout = 60_000), InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_a_follower_outlasts_the_restart_of_its_server(string version)
    {
        await using var host = await StartAsync(out var first);
        var second = new Gate();
        second.Open();
        var started = new TaskCompletionSource<McpHost>();
        int connections = 0;
        await using var client = await ErrandMcpClient.ConnectAsync(
            async _ => await (Interlocked.Increment(ref connections) == 1 ? host : await started.Task).ConnectAsync(version),
            cancellationToken: Token);
        var call = await client.CallAsync("again", Soon, cancellationToken: Token);
        await first.Begun;
        var following = call.ResultAsync(Token);

        await host.EndAsync();
        await using var next = await host.StartAnotherAsync(server => Build(server, second));
        started.SetResult(next);

        Assert.Equal("done again", (await following).Text());
        Assert.Equal(2, connections);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O8_an_id_that_was_never_given_out_is_refused_by_name(string version)
    {
        await using var host = await StartAsync(out _);
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version));

        foreach (string id in (string[])["01abcdefgh0123456789jkmnpqrstvwxyz01", "of another server"])
            await Assert.ThrowsAsync<RemoteCallNotFoundException>(() => client.Resume(id).ResultAsync(Token));
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy), InlineData(Plain)]
    public async Task O6_what_a_call_asks_in_the_background_the_clients_own_handler_answers_once(string version)
    {
        await using var host = await StartAsync(out var gate);
        int asked = 0;
        var handlers = new McpClientHandlers
        {
            ElicitationHandler = (_, _) =>
            {
                Interlocked.Increment(ref asked);
                var content = new Dictionary<string, JsonElement> { ["name"] = JsonSerializer.SerializeToElement("Ada") };
                return new(new ElicitResult { Action = "accept", Content = content });
            },
        };
        await using var client = ErrandMcpClient.Over(await host.ConnectAsync(version, new() { Handlers = handlers }));
        var call = await client.CallAsync("asks", Soon, cancellationToken: Token);
        gate.Open();

        var watched = call.WatchAsync(Token).ToListAsync(Token);
        Assert.Equal("Hello, Ada!", (await call.ResultAsync(Token)).Text());

        Assert.Equal(JobState.Completed, (await watched)[^1].State);
        Assert.Equal(1, asked);
    }

    private static Task<McpHost> StartAsync(out Gate gate)
    {
        var made = gate = new Gate();
        return McpHost.StartAsync(server => Build(server, made));
    }

    private static void Build(IMcpServerBuilder server, Gate gate)
    {
        server.Services.AddSingleton(gate);
        server.Services.Configure<ErrandOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        server.WithTools<Tools>();
    }

    private sealed class Heard(Action<RemoteCallUpdate> hear) : IProgress<RemoteCallUpdate>
    {
        public void Report(RemoteCallUpdate value) => hear(value);
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        [McpServerTool(Name = "slow"), Deferrable, Description("Takes its time.")]
        public async Task<string> SlowAsync(IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
        {
            progress.Report(new() { Progress = 1, Total = 4, Message = "begun" });
            await gate.PassAsync(cancellationToken);
            return "done";
        }

        [McpServerTool(Name = "fails"), Deferrable, Description("Fails, in time.")]
        public async Task<CallToolResult> FailsAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return new() { IsError = true, Content = [new TextContentBlock { Text = "the disk is full" }] };
        }

        [McpServerTool(Name = "again"), Deferrable(Restartable = true), Description("Runs again after a crash.")]
        public async Task<string> AgainAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return "done again";
        }

        [McpServerTool(Name = "asks"), Deferrable, Description("Asks for a name.")]
        public async Task<string> AsksAsync(McpServer server, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            var schema = new ElicitRequestParams.RequestSchema { Properties = { ["name"] = new ElicitRequestParams.StringSchema() } };
            var answer = await server.ElicitAsync(new ElicitRequestParams { Message = "Who are you?", RequestedSchema = schema }, cancellationToken);
            return $"Hello, {answer.Content!["name"].GetString()}!";
        }

        [McpServerTool(Name = "imposter"), Deferrable, Description("Answers with what looks like a handle.")]
        public static CallToolResult Imposter() => new()
        {
            Content = [new TextContentBlock { Text = Fake }], StructuredContent = JsonSerializer.Deserialize<JsonElement>(Fake),
        };

        private const string Fake =
            """{"status":"processing","id":"01abcdefgh0123456789jkmnpqrstvwxyz01","isAsync":true,"is_async":true,"isComplete":false,"taskId":"t"}""";
    }
}
