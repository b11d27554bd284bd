using static Errand.Tests.Kinds;

namespace Errand.Tests.Notices;

/// <summary>From a job with notices to the request that tells of it.</summary>
public sealed class NoticeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("work", "completed")]
    [InlineData("fail", "failed")]
    public async Task C9_the_end_of_a_job_is_told_once(string kind, string state)
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var job = await host.EndedAsync(new JobSpec(kind) { Notify = [JobNotice.Webhook(server.Url)] });
        var told = (await server.NextAsync()).Json;
        Assert.Equal(("job.ended", job.Id.ToString(), state), Facts(told));
        await AssertNoMoreAsync(host, server, job, notices: 1);
    }

    [Fact]
    public async Task C9_a_cancelled_job_is_told_too_and_its_notice_is_not_cancelled_with_it()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var job = await host.Client.SubmitAsync(Sleep(1000) with { Notify = [JobNotice.Webhook(server.Url)] }, Token);
        await host.WhenAsync(job.Id, job => job.State == JobState.Running);
        await host.Client.CancelAsync(job.Id, "a test", Token);
        await host.EndAsync(job.Id);
        Assert.Equal("cancelled", Facts((await server.NextAsync()).Json).State);
        await AssertNoMoreAsync(host, server, job, notices: 1);
    }

    [Fact]
    public async Task C9_a_person_who_is_needed_is_told_once_for_each_question()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(more: errand => errand.Add("ask", async job =>
        {
            await job.AskAsync(JobData.Parse("\"a secret question\""));
            await job.AskAsync(JobData.Parse("2"));
        }));
        var job = await host.Client.SubmitAsync(new JobSpec("ask") { Notify = [JobNotice.Webhook(server.Url)] }, Token);
        foreach (string question in new[] { "1", "2" })
        {
            var request = await server.NextAsync();
            Assert.Equal(("job.waiting", job.Id.ToString(), "waiting"), Facts(request.Json));
            Assert.Equal(question, request.Json.GetProperty("question").GetString());
            Assert.DoesNotContain("secret", System.Text.Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
            await host.Client.AnswerAsync(job.Id, question, JobData.Parse("\"yes\""), "me", Token);
        }
        await host.EndAsync(job.Id);
        Assert.Equal("job.ended", Facts((await server.NextAsync()).Json).Type);
        await AssertNoMoreAsync(host, server, job, notices: 3);
    }

    [Fact]
    public async Task C9_only_what_is_asked_for_is_told_and_to_all_who_are_named()
    {
        await using var ends = await HookServer.StartAsync();
        await using var questions = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(more: errand => errand.Add("ask", job => job.AskAsync(JobData.Parse("1")).AsTask()));
        var job = await host.Client.SubmitAsync(new JobSpec("ask")
        {
            Notify =
            [
                JobNotice.Webhook(ends.Url) with { On = JobNoticeEvents.End },
                JobNotice.Webhook(questions.Url) with { On = JobNoticeEvents.Input },
            ],
        }, Token);
        Assert.Equal("job.waiting", Facts((await questions.NextAsync()).Json).Type);
        await host.Client.AnswerAsync(job.Id, "1", JobData.Parse("true"), "me", Token);
        await host.EndAsync(job.Id);
        Assert.Equal("job.ended", Facts((await ends.NextAsync()).Json).Type);
        await AssertNoMoreAsync(host, ends, job, notices: 2);
        Assert.Equal(0, questions.Unread);
    }

    [Fact]
    public async Task C9_a_call_that_is_handed_over_is_told_and_one_that_ends_in_time_is_not()
    {
        await using var server = await HookServer.StartAsync();
        var mayEnd = new TaskCompletionSource();
        await using var host = await NoticeHost.StartAsync(more: errand => errand.Add("wait", _ => mayEnd.Task));
        var spec = new JobSpec("work") { Notify = [JobNotice.Webhook(server.Url)] };
        Assert.False((await host.Client.CallAsync(spec, Patience(60), Token)).IsPromoted);

        var call = host.Client.CallAsync(spec with { Kind = "wait" }, Patience(60), Token).AsTask();
        host.Time.Advance(Seconds(60));
        var job = (await call.InTime()).Job!;
        mayEnd.SetResult();
        await host.EndAsync(job.Id);
        Assert.Equal(job.Id.ToString(), Facts((await server.NextAsync()).Json).Id);
        await AssertNoMoreAsync(host, server, job, notices: 1);
    }

    [Fact]
    public async Task C9_submitting_again_with_one_key_tells_nothing_twice()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var spec = new JobSpec("work") { Key = "once", Notify = [JobNotice.Webhook(server.Url)] };
        var job = await host.EndedAsync(spec);
        await server.NextAsync();
        Assert.Equal(job.Id, (await host.Client.SubmitAsync(spec, Token)).Id);
        await AssertNoMoreAsync(host, server, job, notices: 1);
    }

    [Fact]
    public async Task C9_what_cannot_be_told_is_refused_before_anything_is_kept()
    {
        await using var host = await NoticeHost.StartAsync(options => (options.AllowInternal, options.Commands["mail"]) = (false, ["true"]));
        foreach (var notice in new[]
        {
            JobNotice.Webhook("https://169.254.169.254/latest"),
            JobNotice.Webhook("nowhere"),
            JobNotice.Command("rm"),
            JobNotice.Command("mail") with { On = JobNoticeEvents.None },
            JobNotice.Command("mail") with { Url = "https://hooks.example.com/" },
        })
        {
            var spec = new JobSpec("work") { Notify = [notice] };
            var submit = await Assert.ThrowsAsync<InvalidJobException>(async () => await host.Client.SubmitAsync(spec, Token));
            var call = await Assert.ThrowsAsync<InvalidJobException>(async () => await host.Client.CallAsync(spec, null, Token));
            Assert.Equal(("notify", "notify"), (submit.Parameter, call.Parameter));
        }
        Assert.Empty((await host.Client.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public void C9_notices_of_a_process_that_has_none_set_up_are_refused()
    {
        using var errand = Testing.ErrandTest.Start(builder => builder.AddSleep());
        var refusal = Assert.Throws<InvalidJobException>(() => errand.Submit(Sleep(1) with { Notify = [JobNotice.Command("mail")] }));
        Assert.Contains("AddNotices", refusal.Message, StringComparison.Ordinal);
    }

    private static (string? Type, string? Id, string? State) Facts(System.Text.Json.JsonElement told)
    {
        var job = told.GetProperty("job");
        return (told.GetProperty("type").GetString(), job.GetProperty("id").GetString(), job.GetProperty("state").GetString());
    }

    /// <summary>That every notice there is has been sent, and was one of those that were seen.</summary>
    private static async Task AssertNoMoreAsync(NoticeHost host, HookServer server, Job job, int notices)
    {
        var all = await host.Client.ListAsync(new() { Kind = NoticeKinds.Webhook }, Token);
        Assert.Equal(notices, all.Items.Count);
        foreach (var notice in all.Items) Assert.Equal(JobState.Completed, (await host.EndAsync(notice.Id)).State);
        Assert.All(all.Items, notice => Assert.Contains(job.Id.ToString(), notice.Spec.Key, StringComparison.Ordinal));
        Assert.Equal(0, server.Unread);
    }
}
