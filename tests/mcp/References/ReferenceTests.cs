using System.Text.Json;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.References;

/// <summary>Results of jobs as arguments, and calls that share a result.</summary>
public sealed class ReferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task D5_a_reference_in_the_arguments_is_what_the_job_returned()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string rows = await HandOverAsync(host, client, "rows", "{}");

        var whole = await CallAsync(client, "show", $$$"""{"value":{"$job":"{{{rows}}}"}}""");
        var part = await CallAsync(client, "show", $$$"""{"value":{"deep":[{"$job":"{{{rows}}}","path":"/rows/1"}]}}""");

        Assert.Equal("""{"rows":["a","b"]}""", whole.Text());
        Assert.Equal("""{"deep":["b"]}""", part.Text());
    }

    [Fact]
    public async Task D5_a_result_may_refer_to_other_results()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string rows = await HandOverAsync(host, client, "rows", "{}");
        string echo = await HandOverAsync(host, client, "say", $$$"""{"text":"{\"inner\":{\"$job\":\"{{{rows}}}\"}}"}""");

        var answer = await CallAsync(client, "show", $$$"""{"value":{"$job":"{{{echo}}}"}}""");

        Assert.Equal("""{"inner":{"rows":["a","b"]}}""", answer.Text());
    }

    [Fact]
    public async Task D5_results_that_refer_to_others_again_and_again_do_not_fill_the_memory()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string last = await HandOverAsync(host, client, "say", $$"""{"text":"{{new string('x', 100_000)}}"}""");
        for (int i = 0; i < 20; i++)
            last = await HandOverAsync(host, client, "say", $$$"""{"text":"[{\"$job\":\"{{{last}}}\"},{\"$job\":\"{{{last}}}\"}]"}""");

        var answer = await CallAsync(client, "show", $$$"""{"value":{"$job":"{{{last}}}"}}""");

        Assert.True(answer.IsError);
        Assert.Contains("has more than 33,554,432 bytes", answer.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D5_a_result_that_is_too_deep_for_where_it_is_put_is_refused()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string deep = await HandOverAsync(host, client, "say", $$"""{"text":"{{new string('[', 40)}}{{new string(']', 40)}}"}""");

        var answer = await CallAsync(
            client, "show", $$$"""{"value":{{{new string('[', 30)}}}{"$job":"{{{deep}}}"}{{{new string(']', 30)}}}}""");

        Assert.True(answer.IsError);
        Assert.Contains("nested too deep", answer.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_22_references_in_a_circle_are_refused_and_the_circle_is_named()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var gate = host.Services.GetRequiredService<Gate>();
        var first = await client.CallToolAsync("say_when_open", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        string a = first.Member("id")!;
        string b = await HandOverAsync(host, client, "say", $$$"""{"text":"{\"$job\":\"{{{a}}}\"}"}""");
        Tools.Said = $$"""{"$job":"{{b}}"}""";
        gate.Open();
        await host.Jobs.WaitAsync(JobId.Parse(a), null, Token);

        var answer = await CallAsync(client, "show", $$$"""{"value":{"$job":"{{{a}}}"}}""");

        Assert.True(answer.IsError);
        Assert.Contains($"{a} → {b} → {a}", answer.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$job":7}""", "must be the id of a job")]
    [InlineData("""{"$job":"nonsense"}""", "must be the id of a job")]
    [InlineData("""{"$job":"00000000000000000000000000000000zzzz"}""", "was not found")]
    [InlineData("""{"$job":"00000000000000000000000000000000zzzz","also":1}""", "'also' is neither")]
    public async Task D5_a_reference_that_leads_nowhere_is_refused(string reference, string words)
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();

        var answer = await CallAsync(client, "show", $$"""{"value":{{reference}}}""");

        Assert.True(answer.IsError);
        Assert.Contains(words, answer.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D5_a_reference_to_a_part_that_is_not_there_or_to_work_that_goes_on_is_refused()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string rows = await HandOverAsync(host, client, "rows", "{}");
        string running = (await client.CallToolAsync("say_when_open", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token)).Member("id")!;

        var nowhere = await CallAsync(client, "show", $$$"""{"value":{"$job":"{{{rows}}}","path":"/rows/7"}}""");
        var early = await CallAsync(client, "show", $$$"""{"value":{"$job":"{{{running}}}"}}""");
        host.Services.GetRequiredService<Gate>().Open();

        Assert.Contains("nothing at the path '/rows/7'", nowhere.Text(), StringComparison.Ordinal);
        Assert.Contains("is running and has no result yet", early.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_19_identical_calls_in_flight_are_one_execution_and_later_ones_get_the_kept_result()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var gate = host.Services.GetRequiredService<Gate>();

        var both = new[]
        {
            CallAsync(client, "shared", """{"a":1,"b":"x","asyncTimeout":60000}""").AsTask(),
            CallAsync(client, "shared", """{"b":"x","a":1.0,"_async_response_format":"full"}""").AsTask(),
        };
        await Task.WhenAny(gate.Begun, Task.WhenAny(both));
        foreach (var call in both.Where(call => call.IsCompleted)) Assert.Fail((await call).Text());
        gate.Open();
        var answers = await Task.WhenAll(both);
        var kept = await CallAsync(client, "shared", """{"a":1,"b":"x"}""");
        var other = await CallAsync(client, "shared", """{"a":2,"b":"x"}""");

        Assert.Equal(answers[0].Text(), answers[1].Text());
        Assert.Equal(answers[0].Text(), kept.Text());
        Assert.NotEqual(kept.Text(), other.Text());
        Assert.Equal(2, gate.Passes);
    }

    [Fact]
    public async Task B_19_a_failure_is_not_kept()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        Tools.Tries = 0;

        var first = await CallAsync(client, "fails_once", "{}");
        var second = await CallAsync(client, "fails_once", "{}");

        Assert.True(first.IsError);
        Assert.Equal("2", second.Text());
    }

    [Fact]
    public async Task D4_calls_of_different_namespaces_share_nothing()
    {
        await using var host = await StartAsync("blue");
        await using var same = await host.StartAnotherAsync(server => Build(server, "blue"));
        await using var other = await host.StartAnotherAsync(server => Build(server, "green"));
        foreach (var one in (McpHost[])[host, same, other]) one.Services.GetRequiredService<Gate>().Open();

        string first = (await CallAsync(await host.ConnectAsync(), "shared", """{"a":1,"b":"x"}""")).Text();
        string second = (await CallAsync(await same.ConnectAsync(), "shared", """{"a":1,"b":"x"}""")).Text();
        string third = (await CallAsync(await other.ConnectAsync(), "shared", """{"a":1,"b":"x"}""")).Text();

        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
    }

    [Fact]
    public async Task B_21_results_of_calls_that_were_handed_over_are_kept_as_long_as_those_of_shared_ones()
    {
        await using var host = await McpHost.StartAsync(server =>
        {
            Build(server, "blue");
            server.Services.Configure<ErrandMcpOptions>(options => options.KeepFor = TimeSpan.FromHours(3));
        });
        host.Services.GetRequiredService<Gate>().Open();
        var client = await host.ConnectAsync();

        string handedOver = await HandOverAsync(host, client, "rows", "{}");
        await CallAsync(client, "shared", """{"a":1,"b":"x"}""");
        var got = await client.SendWithTasksAsync("tasks/get", $$"""{"taskId":"{{handedOver}}"}""", Token);

        Assert.All((await host.Jobs.ListAsync(new(), Token)).Items, job => Assert.Equal(TimeSpan.FromHours(3), job.Spec.KeepFor));
        var kept = await host.Jobs.GetAsync(JobId.Parse(handedOver), Token);
        Assert.Equal((long)(kept.FinishedAt!.Value - kept.CreatedAt + TimeSpan.FromHours(3)).TotalMilliseconds, (long)got["ttlMs"]!);
    }

    [Fact]
    public async Task D9_the_handle_of_a_call_names_the_same_call_that_already_runs()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();

        var first = await client.CallToolAsync("say_when_open", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        var second = await client.CallToolAsync("say_when_open", new Dictionary<string, object?> { ["asyncTimeout"] = 20 }, cancellationToken: Token);
        host.Services.GetRequiredService<Gate>().Open();

        Assert.Null(first.Member("alreadyRunning"));
        Assert.Equal(first.Member("id"), second.Member("alreadyRunning"));
        Assert.NotEqual(first.Member("id"), second.Member("id"));
    }

    [Fact]
    public async Task F7_the_same_call_after_an_abandon_is_given_the_job_that_nobody_heard_of()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var gate = host.Services.GetRequiredService<Gate>();
        _ = client.SendRequestAsync(new JsonRpcRequest
        {
            Id = new RequestId(101), Method = RequestMethods.ToolsCall, Params = System.Text.Json.Nodes.JsonNode.Parse("""{"name":"lasting","arguments":{}}"""),
        }, Token);
        await gate.Begun;
        await client.SendNotificationAsync(NotificationMethods.CancelledNotification, new { requestId = 101 }, cancellationToken: Token);
        var abandoned = host.Services.GetRequiredService<AbandonedCalls>();
        while (abandoned.Count == 0) await Task.Yield();

        var again = CallAsync(client, "lasting", "{}").AsTask();
        gate.Open();

        Assert.Equal("done", (await again).Text());
        Assert.Equal(1, gate.Passes);
        Assert.Single((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task F7_a_job_that_nobody_heard_of_and_that_is_gone_is_no_answer_to_the_same_call()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var job = await host.Jobs.SubmitAsync(new JobSpec("tool.say") { Input = JobData.Parse("""{"text":"said"}""") }, Token);
        job = (await host.Jobs.WaitAsync(job.Id, null, Token)).Job;
        var tool = host.Services.GetRequiredService<ToolKinds>().OfKind("tool.say")!;
        host.Services.GetRequiredService<AbandonedCalls>().Add(job with { Spec = job.Spec with { Fingerprint = tool.FingerprintOf(job.Spec.Input) } });
        await host.Jobs.PurgeAsync(new(), Token);

        string id = await HandOverAsync(host, client, "say", """{"text":"said"}""");

        Assert.NotEqual(job.Id.ToString(), id);
        Assert.Equal(0, host.Services.GetRequiredService<AbandonedCalls>().Count);
    }

    private static Task<McpHost> StartAsync(string space = "blue") => McpHost.StartAsync(server => Build(server, space));

    private static void Build(IMcpServerBuilder server, string space)
    {
        server.Services.AddSingleton<Gate>().Configure<ErrandMcpOptions>(options => options.Tools["shared"] = new() { Namespace = space });
        server.WithTools<Tools>();
    }

    /// <summary>Calls a tool as a task, waits for its end and answers with its id.</summary>
    private static async Task<string> HandOverAsync(McpHost host, McpClient client, string tool, string arguments)
    {
        var task = await client.SendWithTasksAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", Token);
        string id = task["taskId"]!.ToString();
        await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);
        return id;
    }

    private static ValueTask<CallToolResult> CallAsync(McpClient client, string tool, string arguments) => client.CallToolAsync(
        new CallToolRequestParams { Name = tool, Arguments = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments) }, Token);

    [McpServerToolType]
    private sealed class Tools(Gate gate)
    {
        public static string Said { get; set; } = "said";

        public static int Tries { get; set; }

        [McpServerTool(Name = "rows", UseStructuredContent = true), Deferrable(AsyncTimeout = 0)]
        public static Table Rows() => new(["a", "b"]);

        [McpServerTool(Name = "say"), Deferrable(AsyncTimeout = 0)]
        public static string Say(string text) => text;

        [McpServerTool(Name = "say_when_open"), Deferrable]
        public async Task<string> SayWhenOpenAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return Said;
        }

        [McpServerTool(Name = "show"), Deferrable]
        public static string Show(JsonElement value) => JsonSerializer.Serialize(value);

        [McpServerTool(Name = "shared"), Deferrable(Reuse = JobReuse.Result)]
        public async Task<string> SharedAsync(double a, string b, CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return $"{a} {b} {Guid.NewGuid()}";
        }

        [McpServerTool(Name = "fails_once"), Deferrable(Reuse = JobReuse.Result)]
        public static int FailsOnce() => ++Tries == 1 ? throw new McpException("no luck") : Tries;

        [McpServerTool(Name = "lasting"), Deferrable(OnAbandon = OnAbandon.Promote)]
        public async Task<string> LastingAsync(CancellationToken cancellationToken)
        {
            await gate.PassAsync(cancellationToken);
            return "done";
        }
    }

    private sealed record Table(string[] Rows);
}
