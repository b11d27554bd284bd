namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>What a task of 2025-11-25 wants to know of its client.</summary>
public sealed class QuestionTests
{
    private const string Elicitation = "elicitation/create";
    private const string Accept = """{"action":"accept","content":{"name":"Ada"}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task O3_6_a_question_goes_out_on_the_stream_of_the_result_and_its_answer_goes_to_the_task()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");
        await host.UntilAsync(id, job => job.State == JobState.Waiting);

        Assert.Equal("input_required", (await client.GetTaskAsync(id))["status"]!.ToString());
        // Only who waits for the result is asked.
        Assert.DoesNotContain(client.Unasked(), message => message["method"]!.ToString() == Elicitation);
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        var question = await client.NextAsync(Elicitation);
        Assert.Equal("Who are you?", question["params"]!["message"]!.ToString());
        Assert.Equal(id, question["params"]!["_meta"]!["io.modelcontextprotocol/related-task"]!["taskId"]!.ToString());
        await client.ReplyAsync(question, Accept);

        Assert.Equal("accept: Ada", (await result)["content"]![0]!["text"]!.ToString());
        var input = Assert.Single((await host.Jobs.GetAsync(JobId.Parse(id), Token)).Inputs);
        Assert.Equal(JobSpec.LocalOwner, input.AnsweredBy);
    }

    [Fact]
    public async Task O3_6_a_question_that_comes_while_the_result_is_waited_for_is_asked()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");

        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        await client.ReplyAsync(await client.NextAsync(Elicitation), """{"action":"decline"}""");

        Assert.Equal("decline: nobody", (await result)["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_6_a_client_that_declared_sampling_is_asked_to_sample()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("sample");

        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        var question = await client.NextAsync("sampling/createMessage");
        await client.ReplyAsync(question, """{"role":"assistant","model":"m","content":{"type":"text","text":"It."}}""");

        Assert.Equal(id, question["params"]!["_meta"]!["io.modelcontextprotocol/related-task"]!["taskId"]!.ToString());
        Assert.Equal("It.", (await result)["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_6_the_first_answer_wins_wherever_it_comes_from_and_the_client_is_told()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        var question = await client.NextAsync(Elicitation);

        var asked = (await host.Jobs.GetAsync(JobId.Parse(id), Token)).Inputs;
        var answer = JobData.Parse("""{"action":"accept","content":{"name":"Bob"}}""");
        await host.Jobs.AnswerAsync(JobId.Parse(id), asked[0].Key, answer, "an operator", Token);

        Assert.Equal("accept: Bob", (await result)["content"]![0]!["text"]!.ToString());
        Assert.Equal(question["id"]!.ToJsonString(), (await client.NextAsync("notifications/cancelled"))["params"]!["requestId"]!.ToJsonString());
        // Too late, and harmless.
        await client.ReplyAsync(question, Accept);
        Assert.Equal("completed", (await client.GetTaskAsync(id))["status"]!.ToString());
    }

    [Fact]
    public async Task O3_6_two_who_wait_are_both_asked_and_both_get_the_result()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var one = await RawClient.ConnectAsync(host);
        await using var other = await RawClient.ConnectAsync(host);
        string id = await one.CallAsTaskAsync("ask");
        var results = new[] { one.ResultAsync("tasks/result", LegacyHost.Named(id)), other.ResultAsync("tasks/result", LegacyHost.Named(id)) };
        await one.NextAsync(Elicitation);

        await other.ReplyAsync(await other.NextAsync(Elicitation), Accept);

        Assert.All(await Task.WhenAll(results), result => Assert.Equal("accept: Ada", result["content"]![0]!["text"]!.ToString()));
    }

    [Fact]
    public async Task O3_6_a_wait_that_is_given_up_takes_its_question_back_and_the_next_one_asks_again()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");
        _ = client.RequestAsync("tasks/result", LegacyHost.Named(id));
        int waiting = client.LastId;
        await client.NextAsync(Elicitation);

        await client.NotifyAsync("notifications/cancelled", $$"""{"requestId":{{waiting}} }""");
        await client.NextAsync("notifications/cancelled");
        Assert.Equal("input_required", (await client.GetTaskAsync(id))["status"]!.ToString());
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        await client.ReplyAsync(await client.NextAsync(Elicitation), Accept);

        Assert.Equal("accept: Ada", (await result)["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_6_a_client_that_refuses_to_ask_leaves_the_question_to_others()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));

        await client.RefuseAsync(await client.NextAsync(Elicitation));
        var job = await host.UntilAsync(id, job => job.State == JobState.Waiting);
        await host.Jobs.AnswerAsync(job.Id, job.Inputs[0].Key, JobData.Parse(Accept), "an operator", Token);

        Assert.Equal("accept: Ada", (await result)["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task O3_6_a_client_that_declared_no_elicitation_is_not_asked_and_sees_a_task_under_way()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host, McpHost.Legacy, "{}");
        string id = await client.CallAsTaskAsync("ask");
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        var job = await host.UntilAsync(id, job => job.State == JobState.Waiting);

        var got = await client.GetTaskAsync(id);
        await host.Jobs.AnswerAsync(job.Id, job.Inputs[0].Key, JobData.Parse(Accept), "an operator", Token);

        Assert.Equal("working", got["status"]!.ToString());
        Assert.Equal("accept: Ada", (await result)["content"]![0]!["text"]!.ToString());
        Assert.DoesNotContain(client.Unasked(), message => message["method"]!.ToString() == Elicitation);
    }

    [Fact]
    public async Task O3_4_a_task_that_waits_for_an_answer_can_be_cancelled()
    {
        await using var host = await TaskTools.StartAsync(out _);
        await using var client = await RawClient.ConnectAsync(host);
        string id = await client.CallAsTaskAsync("ask");
        var result = client.ResultAsync("tasks/result", LegacyHost.Named(id));
        await client.NextAsync(Elicitation);

        Assert.Equal("cancelled", (await client.ResultAsync("tasks/cancel", LegacyHost.Named(id)))["status"]!.ToString());

        Assert.Equal("The call was cancelled.", (await result)["content"]![0]!["text"]!.ToString());
        await client.NextAsync("notifications/cancelled");
    }

    [Fact]
    public async Task J5_O3_6_a_question_of_an_earlier_life_is_answered_in_the_next()
    {
        await using var host = await TaskTools.StartAsync(out _);
        string id;
        await using (var client = await RawClient.ConnectAsync(host))
        {
            id = await client.CallAsTaskAsync("ask");
            await host.UntilAsync(id, job => job.State == JobState.Waiting);
        }
        await host.EndAsync();

        await using var next = await host.StartAnotherAsync();
        await using var again = await RawClient.ConnectAsync(next);
        var result = again.ResultAsync("tasks/result", LegacyHost.Named(id));
        var question = await again.NextAsync(Elicitation);
        Assert.Equal(id, question["params"]!["_meta"]!["io.modelcontextprotocol/related-task"]!["taskId"]!.ToString());
        await again.ReplyAsync(question, Accept);

        Assert.Equal("accept: Ada", (await result)["content"]![0]!["text"]!.ToString());
        Assert.Equal(2, (await next.Jobs.GetAsync(JobId.Parse(id), Token)).Attempt);
        await next.EndAsync();
    }

    [Fact]
    public async Task J5_O3_3_an_error_of_the_protocol_in_the_next_life_is_given_as_one()
    {
        await using var host = await TaskTools.StartAsync(out _);
        string id;
        await using (var client = await RawClient.ConnectAsync(host))
        {
            id = await client.CallAsTaskAsync("ask_and_refuse");
            await host.UntilAsync(id, job => job.State == JobState.Waiting);
        }
        await host.EndAsync();

        await using var next = await host.StartAnotherAsync();
        await using var again = await RawClient.ConnectAsync(next);
        var refused = again.ErrorAsync("tasks/result", LegacyHost.Named(id));
        await again.ReplyAsync(await again.NextAsync(Elicitation), Accept);

        Assert.Equal((-32602, "Nobody is called that."), await refused);
        await next.EndAsync();
    }
}
