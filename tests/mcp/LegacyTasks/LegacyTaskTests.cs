using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>Tasks of 2025-11-25 from their beginning to their end.</summary>
public sealed class LegacyTaskTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O3_2_a_call_as_a_task_is_answered_before_its_work_ends_and_runs_once()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);

        string id = await client.CallAsTaskAsync("slow");
        Assert.Equal("working", (await client.GetTaskAsync(id))["status"]!.ToString());
        gate.Open();
        var result = await client.ResultAsync("tasks/result", LegacyHost.Named(id));

        Assert.Equal("done", result["content"]![0]!["text"]!.ToString());
        Assert.Equal("completed", (await client.GetTaskAsync(id))["status"]!.ToString());
        Assert.Equal(1, gate.Passes);
    }

    [Fact]
    public async Task O3_2_a_call_that_would_end_at_once_becomes_a_task_all_the_same()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        string id = await client.CallAsTaskAsync("greet", """{"name":"Ada"}""");

        Assert.Equal("Hello, Ada!", (await client.ResultAsync("tasks/result", LegacyHost.Named(id)))["content"]![0]!["text"]!.ToString());
    }

    [Theory]
    [InlineData("{}", 7_200_000)]
    [InlineData("""{"ttl":null}""", 7_200_000)]
    [InlineData("""{"ttl":600000}""", 600_000)]
    [InlineData("""{"ttl":600000.5}""", 600_000)]
    [InlineData("""{"ttl":0}""", 60_000)]
    [InlineData("""{"ttl":1e300}""", 7_200_000)]
    public async Task O3_2_a_wish_for_a_time_to_live_is_granted_within_limits_and_the_real_one_is_told(string task, long keepFor)
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);

        var answer = await client.ResultAsync("tools/call", $$"""{"name":"slow","task":{{task}}}""");
        gate.Open();
        string id = answer["task"]!["taskId"]!.ToString();
        var ended = (await host.Jobs.WaitAsync(JobId.Parse(id), null, Token)).Job;

        Assert.True(answer["task"]!["ttl"]!.GetValue<long>() >= keepFor);
        Assert.Equal(keepFor, (long)ended.Spec.KeepFor!.Value.TotalMilliseconds);
        var got = await client.GetTaskAsync(id);
        var until = DateTimeOffset.Parse(got["createdAt"]!.ToString(), CultureInfo.InvariantCulture).AddMilliseconds(got["ttl"]!.GetValue<long>());
        Assert.Equal(ended.ExpiresAt!.Value, until, TimeSpan.FromMilliseconds(2));
    }

    [Theory, InlineData("""{"ttl":-1}"""), InlineData("""{"ttl":"60000"}"""), InlineData("""{"ttl":{}}""")]
    [InlineData("true"), InlineData("[]"), InlineData("\"x\"")]
    public async Task O3_2_what_is_no_wish_for_a_task_is_refused_and_nothing_starts(string task)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        var (code, message) = await client.ErrorAsync("tools/call", $$"""{"name":"greet","arguments":{"name":"Ada"},"task":{{task}}}""");

        Assert.Equal(-32602, code);
        Assert.Contains("params.task", message, StringComparison.Ordinal);
        Assert.Empty((await host.Jobs.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task O3_2_a_call_that_is_wrong_is_refused_in_the_words_of_the_protocol()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        var (code, message) = await client.ErrorAsync("tools/call", """{"name":"slow","arguments":{"asyncTimeout":-5},"task":{}}""");

        Assert.Equal(-32602, code);
        Assert.Contains("asyncTimeout", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task O3_3_a_result_is_what_the_call_would_have_been_answered_and_says_which_task_it_is_of()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        const string Arguments = """{"name":"Ada"}""";

        var plain = await client.ResultAsync("tools/call", $$"""{"name":"greet","arguments":{{Arguments}}}""");
        string id = await client.CallAsTaskAsync("greet", Arguments);
        var result = await client.ResultAsync("tasks/result", LegacyHost.Named(id));

        Assert.Equal(id, result["_meta"]!["io.modelcontextprotocol/related-task"]!["taskId"]!.ToString());
        ((JsonObject)result["_meta"]!).Remove("io.modelcontextprotocol/related-task");
        Assert.Equal(plain.ToJsonString(), result.ToJsonString());
    }

    [Fact]
    public async Task O3_6_an_answer_that_is_an_error_is_a_failed_task_and_still_its_result()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        string id = await client.CallAsTaskAsync("erring");
        var result = await client.ResultAsync("tasks/result", LegacyHost.Named(id));

        Assert.True(result["isError"]!.GetValue<bool>());
        Assert.Equal("It did not work.", result["content"]![0]!["text"]!.ToString());
        var got = await client.GetTaskAsync(id);
        Assert.Equal("failed", got["status"]!.ToString());
        Assert.Equal("It did not work.", got["statusMessage"]!.ToString());
    }

    [Fact]
    public async Task O3_3_an_error_of_the_protocol_is_given_as_one()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        string id = await client.CallAsTaskAsync("refusing");
        var error = (await client.RequestAsync("tasks/result", LegacyHost.Named(id)))["error"]!;

        var plain = (await client.RequestAsync("tools/call", """{"name":"refusing"}"""))["error"]!;
        Assert.Equal(plain.ToJsonString(), error.ToJsonString());
        Assert.Equal("here", error["data"]!["place"]!.ToString());
        Assert.Equal("failed", (await client.GetTaskAsync(id))["status"]!.ToString());
    }

    [Fact]
    public async Task O3_3_a_wait_for_a_result_that_is_given_up_leaves_the_task_alone()
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);

        string id = await client.CallAsTaskAsync("slow");
        var waiting = client.RequestAsync("tasks/result", LegacyHost.Named(id));
        await client.NotifyAsync("notifications/cancelled", $$"""{"requestId":{{client.LastId}}}""");
        Assert.Equal("working", (await client.GetTaskAsync(id))["status"]!.ToString());
        gate.Open();

        Assert.Equal("done", (await client.ResultAsync("tasks/result", LegacyHost.Named(id)))["content"]![0]!["text"]!.ToString());
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task O3_3_the_result_of_other_work_is_told_as_an_answer()
    {
        await using var host = await McpHost.StartAsync(
            server => server.WithErrand(errand => errand.AddJob("count", (int to, JobContext _) => Task.FromResult(new[] { to, to + 1 }))));
        await using var client = await RawClient.ConnectAsync(host);

        var job = await host.Jobs.SubmitAsync(new JobSpec("count", JobData.Parse("3")), Token);

        Assert.Equal("[3,4]", (await client.ResultAsync("tasks/result", LegacyHost.Named(job.Id.ToString())))["content"]![0]!["text"]!.ToString());
    }

    [Theory, InlineData("tasks/get"), InlineData("tasks/result"), InlineData("tasks/cancel")]
    public async Task O3_4_unknown_tasks_and_those_of_others_are_refused_in_the_same_words(string method)
    {
        await using var host = await TaskTools.StartAsync(out var gate);
        await using var client = await RawClient.ConnectAsync(host);
        var others = await host.Jobs.SubmitAsync(new JobSpec("tool.slow", JobData.Parse("{}")) { Owner = "somebody else" }, Token);
        gate.Open();
        string removed = await client.CallAsTaskAsync("greet", """{"name":"Ada"}""");
        await host.Jobs.WaitAsync(JobId.Parse(removed), null, Token);
        Assert.Equal(1, await host.Jobs.PurgeAsync(new() { Owner = JobSpec.LocalOwner }, Token));
        string unknown = JobId.Parse("0" + others.Id.ToString()[1..]).ToString();

        var refusals = new[] { others.Id.ToString(), removed, unknown, "x", "" }.Select(async id =>
            (await client.ErrorAsync(method, LegacyHost.Named(id)), id));

        foreach (var ((code, message), id) in await Task.WhenAll(refusals))
        {
            Assert.Equal(-32602, code);
            Assert.Equal($"Task '{id}' was not found. It may have expired, or the id is mistyped.", message);
        }
    }

    [Theory, InlineData("{}"), InlineData("""{"taskId":7}"""), InlineData("""{"taskId":null}""")]
    public async Task O3_4_a_request_without_an_id_is_refused(string parameters)
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);

        foreach (string method in (string[])["tasks/get", "tasks/result", "tasks/cancel"])
            Assert.Equal(-32602, (await client.ErrorAsync(method, parameters)).Code);
    }
}
