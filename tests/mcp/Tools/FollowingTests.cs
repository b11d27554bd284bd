using Errand.Mcp.Tests.Calls;
using ModelContextProtocol;

namespace Errand.Mcp.Tests.Tools;

/// <summary>How a client without tasks follows what was handed over.</summary>
public sealed class FollowingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task O4_a_plain_client_waits_for_the_end_and_has_the_result_with_it(string version)
    {
        var gate = new Gate();
        await using var host = await ToolHost.StartAsync(gate: gate);
        var client = await host.ConnectAsync(version);
        string id = await client.HandOverAsync("greet");

        var early = await client.AskAsync("job_wait", ("id", id), ("timeoutMs", 0));
        Assert.Equal("running", early.At("job", "state").GetString());
        Assert.True(early.At("timedOut").GetBoolean());
        Assert.Contains($"job_wait again with after \"{early.Member("cursor")}\"", early.Text(), StringComparison.Ordinal);

        gate.Open();
        var end = await client.AskAsync("job_wait", ("id", id), ("after", early.Member("cursor")));
        Assert.Equal("completed", end.At("job", "state").GetString());
        Assert.False(end.At("timedOut").GetBoolean());
        Assert.Equal("Hello", end.At("job", "result").GetString());
        Assert.Contains("Hello", end.Text(), StringComparison.Ordinal);
        var status = await client.AskAsync("job_status", ("id", id));
        Assert.Equal("Hello", status.At("result").GetString());
        Assert.Contains("Hello", status.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task O4_an_answer_that_is_an_error_is_shown_as_one()
    {
        var gate = new Gate();
        gate.Open();
        await using var host = await ToolHost.StartAsync(gate: gate);
        var client = await host.ConnectAsync();
        var job = await host.Jobs.SubmitAsync(new JobSpec("tool.refuse", JobData.Parse("{}")), Token);

        var end = await client.AskAsync("job_wait", ("id", job.Id.ToString()));

        Assert.Null(end.IsError);
        Assert.Equal("failed", end.At("job", "state").GetString());
        Assert.True(end.At("job", "isError").GetBoolean());
        Assert.Contains("The index is locked.", end.Text(), StringComparison.Ordinal);
        var result = await client.AskAsync("job_result", ("id", job.Id.ToString()));
        Assert.True(result.IsError);
        Assert.Equal("The index is locked.", result.Text());
    }

    [Fact]
    public async Task B_52_a_result_asked_for_early_answers_the_status_and_how_to_wait_without_alarm()
    {
        var gate = new Gate();
        await using var host = await ToolHost.StartAsync(gate: gate);
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync("greet");

        var early = await client.AskAsync("job_result", ("id", id));

        Assert.Null(early.IsError);
        Assert.Equal("running", early.Member("state"));
        Assert.Contains($"call job_wait with id \"{id}\"", early.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("error", early.Text(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("fail", early.Text(), StringComparison.OrdinalIgnoreCase);
        gate.Open();
    }

    [Fact]
    public async Task C4_a_wait_for_any_change_ends_with_progress_and_with_output()
    {
        var first = new Gate();
        var second = new Gate();
        await using var host = await ToolHost.StartAsync(async job =>
        {
            await first.PassAsync(job.CancellationToken);
            job.Log("compiling");
            await second.PassAsync(job.CancellationToken);
            return ToolHost.Said("");
        });
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();
        await first.Begun;
        string cursor = (await client.AskAsync("job_wait", ("id", id), ("timeoutMs", 0))).Member("cursor")!;

        var wait = client.AskAsync("job_wait", ("id", id), ("until", "change"), ("after", cursor));
        first.Open();

        var news = await wait;
        while (news.Member("output")!.Length == 0)
            news = await client.AskAsync("job_wait", ("id", id), ("until", "change"), ("after", news.Member("cursor")));
        Assert.Contains("compiling", news.Member("output"), StringComparison.Ordinal);
        Assert.Equal("running", news.At("job", "state").GetString());
        second.Open();
        var end = await client.AskAsync("job_wait", ("id", id), ("after", news.Member("cursor")));
        Assert.Equal("completed", end.At("job", "state").GetString());
    }

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task A10_a_client_that_waits_for_a_job_hears_how_far_it_has_come(string version)
    {
        var begun = new Gate();
        var heard = new TaskCompletionSource<ProgressNotificationValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ToolHost.StartAsync(async job =>
        {
            await begun.PassAsync(job.CancellationToken);
            job.Report(5, 10, "half");
            await heard.Task;
            return ToolHost.Said("");
        });
        var client = await host.ConnectAsync(version);
        string id = await client.HandOverAsync();
        await begun.Begun;

        var wait = client.CallToolAsync("job_wait", new Dictionary<string, object?> { ["id"] = id }, new Heard(heard), cancellationToken: Token);
        begun.Open();
        await wait;

        var told = await heard.Task;
        Assert.Equal((5f, 10f, "half"), (told.Progress, told.Total, told.Message));
    }

    [Fact]
    public async Task C1_a_status_shows_its_last_lines_and_why_it_waits()
    {
        var gate = new Gate();
        await using var host = await ToolHost.StartAsync(async job =>
        {
            job.Log("linking app");
            await gate.PassAsync(job.CancellationToken);
            return ToolHost.Said("");
        });
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();
        await gate.Begun;

        var running = await client.AskAsync("job_status", ("id", id));
        Assert.Contains("linking app", running.At("lastLines").EnumerateArray().Select(line => line.GetString()));
        Assert.Contains("linking app", running.Text(), StringComparison.Ordinal);
        Assert.Contains("call job_wait", running.Text(), StringComparison.Ordinal);

        var later = await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("{}")) { RunAt = DateTimeOffset.UtcNow.AddHours(1) }, Token);
        var queued = await client.AskAsync("job_status", ("id", later.Id.ToString()));
        Assert.Equal(JobWaitReasons.ScheduledFor, queued.At("waitingFor", "reason").GetString());
        Assert.Contains("It starts at", queued.Text(), StringComparison.Ordinal);
        gate.Open();
    }

    [Fact]
    public async Task F6_a_cancel_answers_what_became_of_it_and_changes_nothing_twice()
    {
        await using var host = await ToolHost.StartAsync(async job =>
        {
            await Task.Delay(Timeout.Infinite, job.CancellationToken);
            return ToolHost.Said("");
        });
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();

        var first = await client.AskAsync("job_cancel", ("id", id));
        Assert.Equal("cancelling", first.Member("answer"));
        Assert.Contains("job_wait", first.Text(), StringComparison.Ordinal);
        var end = await client.AskAsync("job_wait", ("id", id));
        Assert.Equal("cancelled", end.At("job", "state").GetString());
        Assert.Contains("was cancelled by an MCP client.", end.Text(), StringComparison.Ordinal);
        var second = await client.AskAsync("job_cancel", ("id", id), ("force", true));
        Assert.Equal("already_cancelled", second.Member("answer"));
        Assert.Null(second.IsError);
        var done = await client.AskAsync("job_result", ("id", id));
        Assert.True(done.IsError);
    }

    [Fact]
    public async Task G4_a_failed_job_is_retried_as_a_new_one_that_names_it_and_a_completed_one_is_not()
    {
        int runs = 0;
        await using var host = await ToolHost.StartAsync(_ => new(ToolHost.Said("x", exitCode: Interlocked.Increment(ref runs) == 1 ? 3 : 0)));
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();
        await client.AskAsync("job_wait", ("id", id));

        var again = await client.AskAsync("job_retry", ("id", id));
        Assert.NotEqual(id, again.Member("id"));
        Assert.Equal(id, again.Member("retryOf"));
        var end = await client.AskAsync("job_wait", ("id", again.Member("id")));
        Assert.Equal("completed", end.At("job", "state").GetString());
        var refused = await client.AskAsync("job_retry", ("id", again.Member("id")));
        Assert.True(refused.IsError);
        Assert.Contains("nothing to retry", refused.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_10_a_result_that_looks_like_a_handle_is_data()
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync();
        var inTime = await client.AskAsync("look_alike");
        Assert.Null(Handles.IdOf(inTime));
        var job = await host.Jobs.SubmitAsync(new JobSpec("tool.look_alike", JobData.Parse("{}")), Token);
        var end = await client.AskAsync("job_wait", ("id", job.Id.ToString()));
        Assert.Equal("completed", end.At("job", "state").GetString());
        Assert.Equal("processing", end.At("job", "result", "status").GetString());
    }

    [Fact]
    public async Task C6_a_list_is_filtered_and_goes_on_where_it_ended()
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync();
        for (int i = 0; i < 3; i++) await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("{}")) { Title = $"build {i}" }, Token);
        await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("{}")) { Title = "other" }, Token);

        var first = await client.AskAsync("job_list", ("text", "build"), ("limit", 2));
        var rest = await client.AskAsync("job_list", ("text", "build"), ("limit", 2), ("cursor", first.Member("next")));

        var items = first.At("items").EnumerateArray().Concat(rest.At("items").EnumerateArray());
        // Those of one millisecond have no order.
        Assert.Equal(["build 0", "build 1", "build 2"], items.Select(item => item.GetProperty("title").GetString()).Order());
        Assert.Equal(2, first.At("items").GetArrayLength());
        Assert.False(rest.Json().TryGetProperty("next", out _));
        Assert.Contains($"cursor \"{first.Member("next")}\"", first.Text(), StringComparison.Ordinal);
        var wrong = await client.AskAsync("job_list", ("state", "sleeping"));
        Assert.Equal("state", wrong.Member("param"));
    }

    [Fact]
    public async Task E2_output_is_read_by_budget_tail_grep_offset_and_stream()
    {
        await using var host = await ToolHost.StartAsync(job =>
        {
            for (int i = 1; i <= 500; i++) job.Log($"line {i}");
            return new(ToolHost.Said(""));
        });
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();
        await client.AskAsync("job_wait", ("id", id));

        var digest = await client.AskAsync("job_output", ("id", id), ("budgetBytes", 512));
        Assert.StartsWith("line 1\n", digest.Member("text"), StringComparison.Ordinal);
        Assert.EndsWith("line 500\n", digest.Member("text"), StringComparison.Ordinal);
        Assert.True(digest.Member("text")!.Length <= 512);
        Assert.Equal("line 499\nline 500", (await client.AskAsync("job_output", ("id", id), ("tailLines", 2))).Member("text"));
        var found = await client.AskAsync("job_output", ("id", id), ("grep", "42$"));
        Assert.Equal("line 42\nline 142\nline 242\nline 342\nline 442", found.Member("text"));
        Assert.Equal("", (await client.AskAsync("job_output", ("id", id), ("offset", digest.At("nextOffset").GetInt64()))).Member("text"));
        Assert.Equal("", (await client.AskAsync("job_output", ("id", id), ("stream", "err"))).Member("text"));
        var wrong = await client.AskAsync("job_output", ("id", id), ("grep", "("));
        Assert.Equal("grep", wrong.Member("param"));
    }

    private sealed class Heard(TaskCompletionSource<ProgressNotificationValue> first) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => first.TrySetResult(value);
    }
}
