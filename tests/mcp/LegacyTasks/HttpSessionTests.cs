using Errand.Mcp.Tests.Calls;
using Errand.Mcp.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>Tasks of 2025-11-25 in a session over HTTP, where each request has a stream of its own, and what nobody asked for one more.</summary>
public sealed class HttpSessionTests
{
    private const string Elicit = "elicitation/create";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O3_7_progress_and_status_come_on_the_stream_of_the_session()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        var session = await HttpSession.BeginAsync(host.Client);
        await using var news = await session.ListenAsync();

        await using var call = await session.PostAsync("tools/call", """{"name":"slow","task":{},"_meta":{"progressToken":"t"}}""");
        string id = (await call.NextAsync())!["result"]!["task"]!["taskId"]!.ToString();
        // The stream of the call ends with its answer.
        Assert.Null(await call.NextAsync());
        var progress = (await news.NextAsync())!;
        gate.Open();
        var status = (await news.NextAsync())!;

        Assert.Equal("notifications/progress", progress["method"]!.ToString());
        Assert.Equal("t", progress["params"]!["progressToken"]!.ToString());
        Assert.Equal("notifications/tasks/status", status["method"]!.ToString());
        Assert.Equal(id, status["params"]!["taskId"]!.ToString());
        Assert.Equal("completed", status["params"]!["status"]!.ToString());
    }

    [Fact]
    public async Task O3_6_a_question_comes_on_the_stream_of_the_result()
    {
        await using var host = await StartAsync(new());
        var session = await HttpSession.BeginAsync(host.Client);
        await using var call = await session.PostAsync("tools/call", """{"name":"ask","task":{}}""");
        string id = (await call.NextAsync())!["result"]!["task"]!["taskId"]!.ToString();

        await using var result = await session.PostAsync("tasks/result", LegacyHost.Named(id));
        var question = (await result.NextAsync())!;
        Assert.Equal(Elicit, question["method"]!.ToString());
        await session.ReplyAsync(question, """{"action":"accept","content":{"name":"Ada"}}""");

        Assert.Equal("accept: Ada", (await result.NextAsync())!["result"]!["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_3_a_wait_ends_with_its_connection_and_its_question_with_it()
    {
        await using var host = await StartAsync(new());
        var session = await HttpSession.BeginAsync(host.Client);
        await using var news = await session.ListenAsync();
        await using var call = await session.PostAsync("tools/call", """{"name":"ask","task":{}}""");
        string id = (await call.NextAsync())!["result"]!["task"]!["taskId"]!.ToString();

        await using (var broken = await session.PostAsync("tasks/result", LegacyHost.Named(id)))
            Assert.Equal(Elicit, (await broken.NextAsync())!["method"]!.ToString());
        await using var again = await session.PostAsync("tasks/result", LegacyHost.Named(id));
        var question = (await again.NextAsync())!;
        await session.ReplyAsync(question, """{"action":"accept","content":{"name":"Ada"}}""");

        Assert.Equal("accept: Ada", (await again.NextAsync())!["result"]!["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_5_callers_that_cannot_be_told_apart_use_their_tasks_by_id_and_have_no_list()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        var session = await HttpSession.BeginAsync(host.Client);
        Assert.Equal("""{"cancel":{},"requests":{"tools":{"call":{}}}}""", session.Hello["capabilities"]!["tasks"]!.ToJsonString());

        await using var call = await session.PostAsync("tools/call", """{"name":"slow","task":{}}""");
        string id = (await call.NextAsync())!["result"]!["task"]!["taskId"]!.ToString();
        var other = await HttpSession.BeginAsync(host.Client);
        await using var list = await other.PostAsync("tasks/list", "{}");
        await using var get = await other.PostAsync("tasks/get", LegacyHost.Named(id));

        Assert.Equal(-32601, (await list.NextAsync())!["error"]!["code"]!.GetValue<int>());
        Assert.Equal("working", (await get.NextAsync())!["result"]!["status"]!.ToString());
        gate.Open();
    }

    [Fact]
    public async Task O3_2_without_sessions_tasks_are_followed_by_their_ids()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate, sessions: false);
        var client = await HttpSession.BeginAsync(host.Client);
        Assert.NotNull(client.Hello["capabilities"]!["tasks"]);

        await using var call = await client.PostAsync("tools/call", """{"name":"slow","task":{},"_meta":{"progressToken":"t"}}""");
        string id = (await call.NextAsync())!["result"]!["task"]!["taskId"]!.ToString();
        await using var get = await client.PostAsync("tasks/get", LegacyHost.Named(id));
        await using var result = await client.PostAsync("tasks/result", LegacyHost.Named(id));
        await using var tools = await client.PostAsync("tools/list", "{}");

        Assert.Equal("working", (await get.NextAsync())!["result"]!["status"]!.ToString());
        gate.Open();
        Assert.Equal("done", (await result.NextAsync())!["result"]!["content"]![0]!["text"]!.ToString());
        Assert.Contains("taskSupport", (await tools.NextAsync())!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task O3_6_without_sessions_a_client_cannot_be_asked_and_sees_a_task_under_way()
    {
        await using var host = await StartAsync(new(), sessions: false);
        var jobs = host.App.Services.GetRequiredService<IJobClient>();
        var client = await HttpSession.BeginAsync(host.Client);

        await using var call = await client.PostAsync("tools/call", """{"name":"ask","task":{}}""");
        var id = JobId.Parse((await call.NextAsync())!["result"]!["task"]!["taskId"]!.ToString());
        await using var result = await client.PostAsync("tasks/result", LegacyHost.Named(id.ToString()));
        var job = (await jobs.WaitAsync(id, new() { OrInput = true }, Token)).Job;
        await using var get = await client.PostAsync("tasks/get", LegacyHost.Named(id.ToString()));
        Assert.Equal("working", (await get.NextAsync())!["result"]!["status"]!.ToString());
        await jobs.AnswerAsync(id, job.Inputs[0].Key, JobData.Parse("""{"action":"decline"}"""), "an operator", Token);

        Assert.Equal("decline: nobody", (await result.NextAsync())!["result"]!["content"]![0]!["text"]!.ToString());
    }

    private static Task<HttpHost> StartAsync(Gate gate, bool sessions = true) => HttpHost.StartOwnAsync(
        services =>
        {
            services.AddErrandMcpHttp(options => options.Sessions = sessions);
            var server = services.AddMcpServer();
            server.WithErrand();
            TaskTools.Add(server, gate);
        },
        app => app.MapErrandMcp());
}
