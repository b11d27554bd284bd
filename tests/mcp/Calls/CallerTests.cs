using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>What a call's client hears while it waits, and what becomes of the call when it no longer does.</summary>
public sealed class CallerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task A1_a_client_is_sent_the_same_progress_as_without_Errand(string version)
    {
        var sent = new ConcurrentQueue<string>();
        // At the server, because the official client hands progress on while it already hands on the answer.
        await using var host = await StartAsync(out _, build: server => server.WithMessageFilters(filters => filters.AddOutgoingFilter(next => (context, token) =>
        {
            if (context.JsonRpcMessage is JsonRpcNotification { Method: NotificationMethods.ProgressNotification, Params: JsonObject told })
                sent.Enqueue($"{told["progress"]} {told["message"]}");
            return next(context, token);
        })));
        var client = await host.ConnectAsync(version);

        await client.CallToolAsync("steps_plain", progress: new Told(_ => { }), cancellationToken: Token);
        string[] plain = [.. sent];
        sent.Clear();
        await client.CallToolAsync("steps", progress: new Told(_ => { }), cancellationToken: Token);

        Assert.Equal(["1 one", "2 two", "3 three"], plain);
        Assert.Equal(plain, sent);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task C2_progress_after_the_hand_over_reaches_the_job(string version)
    {
        await using var host = await StartAsync(out var gate);
        var client = await host.ConnectAsync(version);

        var answer = await client.CallToolAsync("late_steps", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        var id = JobId.Parse(answer.Member("id")!);
        gate.Open();

        await foreach (var job in host.Jobs.WatchAsync(id, cancellationToken: Token))
            if (job.Progress == new JobProgress(3, 4, "after")) await host.Jobs.CancelAsync(id, "the test", Token);
        Assert.Equal(JobState.Cancelled, (await host.Jobs.GetAsync(id, Token)).State);
    }

    [Fact]
    public async Task A10_a_waiting_client_hears_heartbeats_that_always_rise()
    {
        await using var host = await StartAsync(out var gate, options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(20));
        var client = await host.ConnectAsync(McpHost.Legacy);
        var heard = new List<float>();
        var enough = new TaskCompletionSource();

        var call = client.CallToolAsync("wait", progress: new Told(value =>
        {
            heard.Add(value.Progress);
            if (heard.Count == 4) enough.TrySetResult();
        }), cancellationToken: Token).AsTask();
        await enough.Task.WaitAsync(Token);
        gate.Open();

        Assert.Equal("done", (await call).Text());
        Assert.Equal(heard.Order(), heard);
        Assert.Equal(heard.Distinct(), heard);
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task B_49_a_client_that_gives_up_stops_a_tool_that_says_so_and_no_other(string version)
    {
        Tools.Stopped = new();
        await using var host = await StartAsync(out _);
        var client = await host.ConnectAsync(version);
        _ = client.SendRequestAsync(Call(101, "stoppable"), Token);
        _ = client.SendRequestAsync(Call(102, "lasting"), Token);
        await host.Services.GetRequiredKeyedService<Gate>("stoppable").Begun;
        await host.Services.GetRequiredKeyedService<Gate>("lasting").Begun;
        // What the official client does on a cancelled token is a race, which it may lose.
        foreach (int id in (int[])[101, 102]) await client.SendNotificationAsync(NotificationMethods.CancelledNotification, new { requestId = id }, cancellationToken: Token);

        await Tools.Stopped.Task.WaitAsync(Token);
        Job? job;
        while ((job = (await host.Jobs.ListAsync(new(), Token)).Items.SingleOrDefault()) is null) await Task.Yield();
        Assert.Equal("tool.lasting", job.Kind);
        Assert.Equal(JobState.Running, job.State);
        host.Services.GetRequiredKeyedService<Gate>("lasting").Open();
        Assert.Equal(JobState.Completed, (await host.Jobs.WaitAsync(job.Id, null, Token)).Job.State);
    }

    [Fact]
    public async Task E7_what_a_tool_logs_is_its_jobs_output_and_what_the_protocol_library_logs_of_it_is_not()
    {
        await using var host = await StartAsync(out _);
        var client = await host.ConnectAsync();

        var task = await client.SendWithTasksAsync("tools/call", """{"name":"talk","arguments":{}}""", Token);
        var id = JobId.Parse(task["taskId"]!.ToString());
        await host.Jobs.WaitAsync(id, null, Token);

        var lines = new List<string>();
        await foreach (var slice in host.Jobs.FollowOutputAsync(id, cancellationToken: Token))
            lines.AddRange(slice.Chunks.Select(chunk => System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span)));
        Assert.Equal("info: from the tool\n", string.Concat(lines));
    }

    [Fact]
    public async Task Scoped_services_live_as_long_as_the_work_and_no_longer()
    {
        await using var host = await StartAsync(out var gate);
        var client = await host.ConnectAsync();

        var answer = await client.CallToolAsync("scoped", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        gate.Open();
        var job = (await host.Jobs.WaitAsync(JobId.Parse(answer.Member("id")!), null, Token)).Job;

        Assert.Contains("usable", job.Outcome!.Result.ToString(), StringComparison.Ordinal);
        await Scoped.Last!.Disposed.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task Filters_of_the_server_stand_around_a_call_once_before_and_after_the_hand_over()
    {
        int filtered = 0;
        await using var host = await StartAsync(out var gate, build: server => server.WithRequestFilters(filters => filters.AddCallToolFilter(next => async (request, token) =>
        {
            Interlocked.Increment(ref filtered);
            var result = await next(request, token);
            result.Meta = new() { ["filtered"] = true };
            return result;
        })));
        var client = await host.ConnectAsync();

        var plain = await client.CallToolAsync("steps", cancellationToken: Token);
        var task = await client.SendWithTasksAsync("tools/call", """{"name":"wait","arguments":{"asyncTimeout":20}}""", Token);
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(task["taskId"]!.ToString()), null, Token);
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{task["taskId"]}}"}""", Token);

        Assert.True((bool)plain.Meta!["filtered"]!);
        Assert.True((bool)got["result"]!["_meta"]!["filtered"]!);
        Assert.Equal(2, filtered);
    }

    private static JsonRpcRequest Call(long id, string tool) =>
        new() { Id = new RequestId(id), Method = RequestMethods.ToolsCall, Params = new JsonObject { ["name"] = tool } };

    private static Task<McpHost> StartAsync(out Gate gate, Action<ErrandMcpOptions>? options = null, Action<IMcpServerBuilder>? build = null)
    {
        var made = gate = new Gate();
        return McpHost.StartAsync(server =>
        {
            server.Services.AddSingleton(made).AddKeyedSingleton("stoppable", new Gate()).AddKeyedSingleton("lasting", new Gate()).AddScoped<Scoped>();
            if (options is not null) server.Services.Configure(options);
            build?.Invoke(server);
            server.WithTools<Tools>();
        });
    }

    private sealed class Told(Action<ProgressNotificationValue> tell) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => tell(value);
    }

    private sealed class Scoped : IDisposable
    {
        public static Scoped? Last { get; private set; }

        public Scoped() => Last = this;

        public TaskCompletionSource Disposed { get; } = new();

        public void Dispose() => Disposed.TrySetResult();
    }

    [McpServerToolType]
    private sealed class Tools(Gate gate, IServiceProvider services)
    {
        public static TaskCompletionSource Stopped { get; set; } = new();

        [McpServerTool(Name = "steps_plain")]
        public static Task<string> StepsPlainAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken) => StepsAsync(request, cancellationToken);

        [McpServerTool(Name = "steps"), Deferrable]
        public static async Task<string> StepsAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
        {
            string[] steps = ["one", "two", "three"];
            for (int i = 0; i < steps.Length; i++)
                if (request.Params.ProgressToken is { } token)
                    await request.Server.NotifyProgressAsync(token, new() { Progress = i + 1, Message = steps[i] }, cancellationToken: cancellationToken);
            return "done";
        }

        [McpServerTool(Name = "late_steps"), Deferrable]
        public async Task<string> LateStepsAsync(IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
        {
            progress.Report(new() { Progress = 1, Total = 4, Message = "before" });
            await gate.PassAsync(cancellationToken);
            progress.Report(new() { Progress = 3, Total = 4, Message = "after" });
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }

        [McpServerTool(Name = "wait"), Deferrable]
        public async Task<string> WaitAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return "done";
        }

        [McpServerTool(Name = "stoppable"), Deferrable]
        public async Task StoppableAsync(CancellationToken cancellationToken)
        {
            try { await services.GetRequiredKeyedService<Gate>("stoppable").PassAsync(cancellationToken); }
            finally { Stopped.TrySetResult(); }
        }

        [McpServerTool(Name = "lasting"), Deferrable(OnAbandon = OnAbandon.Promote)]
        public async Task LastingAsync(CancellationToken cancellationToken) => await services.GetRequiredKeyedService<Gate>("lasting").PassAsync(cancellationToken);

        [McpServerTool(Name = "talk"), Deferrable(AsyncTimeout = 0)]
        public static void Talk(ILoggerFactory loggers) => loggers.CreateLogger("Reports").LogInformation("from the tool");

        [McpServerTool(Name = "scoped"), Deferrable]
        public async Task<string> ScopedAsync(Scoped scoped, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return scoped.Disposed.Task.IsCompleted ? "disposed" : "usable";
        }
    }
}
