using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Notices;

public sealed class WebhookTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C9_a_webhook_tells_what_became_of_a_job_and_neither_its_input_nor_its_result()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(more: errand => errand.Add("echo", job => Task.FromResult(job.Input.ToString())));
        var job = await host.EndedAsync(new JobSpec("echo", JobData.Parse("\"a secret\"")) { Title = "Say it again", Tags = ["night"] });
        var notice = await host.EndAsync((await host.SubmitAsync("webhook", job.Id, server.Url)).Id);

        Assert.Equal("""{"status":204}""", notice.Outcome!.Result.ToString());
        var request = await server.NextAsync();
        Assert.Equal("POST /hook", request.Line);
        Assert.Equal("application/json", request.Headers["content-type"]);
        var told = request.Json;
        Assert.Equal("job.ended", told.GetProperty("type").GetString());
        Assert.Equal(job.FinishedAt, told.GetProperty("at").GetDateTimeOffset());
        var subject = told.GetProperty("job");
        Assert.Equal(
            (job.Id.ToString(), "echo", "completed", "Say it again", "local", "night"),
            (subject.GetProperty("id").GetString(), subject.GetProperty("kind").GetString(), subject.GetProperty("state").GetString(),
                subject.GetProperty("title").GetString(), subject.GetProperty("owner").GetString(), subject.GetProperty("tags")[0].GetString()));
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_a_webhook_tells_why_a_job_failed()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var job = await host.EndedAsync(new("fail"));
        await host.SubmitAsync("webhook", job.Id, server.Url);
        var subject = (await server.NextAsync()).Json.GetProperty("job");
        Assert.Equal("failed", subject.GetProperty("state").GetString());
        Assert.Equal("exception", subject.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("no luck", subject.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_a_webhook_is_signed_over_id_time_and_body()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("webhook", job.Id, server.Url);
        var request = await server.NextAsync();
        Assert.Equal(notice.Id.ToString(), request.Headers["webhook-id"]);
        Assert.Equal($"{host.Time.GetUtcNow().ToUnixTimeSeconds()}", request.Headers["webhook-timestamp"]);
        Assert.Equal(SignatureOf(request, NoticeHost.Secret), request.Headers["webhook-signature"]);
    }

    [Fact]
    public void C9_a_signature_is_the_one_of_the_convention() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSecret.Sign(WebhookSecret.TryRead(NoticeHost.Secret)!, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}"u8));

    [Fact]
    public async Task C9_a_host_can_have_a_secret_of_its_own()
    {
        const string own = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(options => options.HostSecrets["127.0.0.1"] = own);
        var job = await host.EndedAsync(new("work"));
        await host.SubmitAsync("webhook", job.Id, server.Url);
        var request = await server.NextAsync();
        Assert.Equal(SignatureOf(request, own), request.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task C9_a_webhook_that_fails_is_sent_again_later_under_the_same_id()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        int[] answers = [500, 429, 408];
        foreach (int status in answers) server.Answer(status);
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("webhook", job.Id, server.Url);
        List<HookRequest> requests = [];
        for (int attempt = 1; attempt <= answers.Length; attempt++)
        {
            requests.Add(await server.NextAsync());
            await host.ToNextAttemptAsync(notice.Id, attempt);
        }
        requests.Add(await server.NextAsync());
        var end = await host.EndAsync(notice.Id);
        Assert.Equal((JobState.Completed, 4), (end.State, end.Attempt));
        Assert.Single(requests.Select(request => request.Headers["webhook-id"]).Distinct());
        Assert.Single(requests.Select(request => Convert.ToHexString(request.Body)).Distinct());
        // Each is signed for its own time, so that receivers may refuse old ones.
        Assert.Equal(4, requests.Select(request => request.Headers["webhook-timestamp"]).Distinct().Count());
        Assert.All(requests, request => Assert.Equal(SignatureOf(request, NoticeHost.Secret), request.Headers["webhook-signature"]));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Fri, 01 May 2026 12:10:00 GMT", 600)]
    [InlineData("Fri, 01 May 2026 11:00:00 GMT", 5)]
    [InlineData("99999999", 86400)]
    public async Task C9_a_server_says_when_a_webhook_may_be_sent_again(string after, int seconds)
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(options => options.Retry = options.Retry with { Jitter = 0 });
        server.Answer(503, ("Retry-After", after));
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("webhook", job.Id, server.Url);
        Assert.Equal(Seconds(seconds), await host.ToNextAttemptAsync(notice.Id, 1));
        Assert.Equal(JobState.Completed, (await host.EndAsync(notice.Id)).State);
    }

    [Theory]
    [InlineData(410, "takes no more notices")]
    [InlineData(400, "answered 400")]
    [InlineData(404, "answered 404")]
    public async Task C9_a_webhook_that_is_refused_is_not_sent_again(int status, string message)
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        server.Answer(status);
        var job = await host.EndedAsync(new("work"));
        var end = await host.EndAsync((await host.SubmitAsync("webhook", job.Id, server.Url)).Id);
        Assert.Equal((JobState.Failed, 1, NoticeErrorCodes.Refused), (end.State, end.Attempt, end.Outcome!.Error!.Code));
        Assert.Contains(message, end.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_a_redirect_is_not_followed()
    {
        await using var server = await HookServer.StartAsync();
        await using var elsewhere = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        server.Answer(307, ("Location", elsewhere.Url));
        var job = await host.EndedAsync(new("work"));
        var end = await host.EndAsync((await host.SubmitAsync("webhook", job.Id, server.Url)).Id);
        Assert.Contains("Redirects are not followed", end.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Unread);
    }

    [Fact]
    public async Task C9_a_server_that_does_not_answer_in_time_is_asked_again()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var never = new TaskCompletionSource();
        server.Answers.Enqueue(context => never.Task.WaitAsync(context.RequestAborted));
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("webhook", job.Id, server.Url);
        await server.NextAsync();
        host.Time.Advance(Seconds(10));
        await host.ToNextAttemptAsync(notice.Id, 1);
        await server.NextAsync();
        Assert.Equal(JobState.Completed, (await host.EndAsync(notice.Id)).State);
    }

    [Fact]
    public async Task C9_a_server_that_is_not_there_is_asked_again()
    {
        string url;
        await using (var server = await HookServer.StartAsync()) url = server.Url;
        await using var host = await NoticeHost.StartAsync();
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("webhook", job.Id, url);
        Assert.Equal(JobState.Queued, (await host.WhenAsync(notice.Id, job => job.State == JobState.Queued && job.Attempt == 1)).State);
    }

    [Fact]
    public async Task C9_a_name_that_stands_for_an_internal_address_by_now_leads_nowhere()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(
            options => options.AllowInternal = false,
            errand => errand.Services.AddSingleton<HostResolver>((_, _) => Task.FromResult(new[] { System.Net.IPAddress.Loopback })));
        var job = await host.EndedAsync(new("work"));
        var notice = await host.SubmitAsync("webhook", job.Id, $"http://hooks.example.com:{server.Port}/");
        var end = await host.EndAsync(notice.Id);
        Assert.Equal((1, NoticeErrorCodes.Refused), (end.Attempt, end.Outcome!.Error!.Code));
        Assert.Contains("hooks.example.com (127.0.0.1)", end.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Unread);
    }

    [Fact]
    public async Task C9_it_connects_to_the_address_that_was_checked()
    {
        await using var server = await HookServer.StartAsync();
        int asked = 0;
        await using var host = await NoticeHost.StartAsync(more: errand => errand.Services.AddSingleton<HostResolver>((name, _) =>
        {
            asked++;
            return Task.FromResult(new[] { System.Net.IPAddress.Loopback });
        }));
        var job = await host.EndedAsync(new("work"));
        await host.SubmitAsync("webhook", job.Id, $"http://no-such-host.example.com:{server.Port}/");
        var request = await server.NextAsync();
        Assert.Equal($"no-such-host.example.com:{server.Port}", request.Headers["host"]);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task C9_nobody_hears_of_the_jobs_of_others_by_a_notice()
    {
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync();
        var job = await host.EndedAsync(new JobSpec("work") { Owner = "somebody" });
        var end = await host.EndAsync((await host.SubmitAsync("webhook", job.Id, server.Url)).Id);
        Assert.Equal(NoticeErrorCodes.JobGone, end.Outcome!.Error!.Code);
        Assert.Equal(0, server.Unread);
    }

    [Fact]
    public async Task P5_neither_the_secret_nor_the_path_of_a_webhook_is_shown()
    {
        var log = new Throttling.LogLines();
        await using var server = await HookServer.StartAsync();
        await using var host = await NoticeHost.StartAsync(more: errand => errand.Services.AddSingleton<ILoggerProvider>(log));
        server.Answer(400);
        var job = await host.EndedAsync(new("work"));
        var end = await host.EndAsync((await host.SubmitAsync("webhook", job.Id, server.Url)).Id);
        string[] shown = [end.Outcome!.Error!.Message, $"{JobNotice.Webhook(server.Url)}", .. log.Lines];
        Assert.All(shown, text => Assert.DoesNotContain("hidden", text, StringComparison.Ordinal));
        Assert.All([.. shown, end.Spec.Input.ToString()], text => Assert.DoesNotContain("whsec_", text, StringComparison.Ordinal));
    }

    // As a receiver would, from the headers and the bytes of the body.
    private static string SignatureOf(HookRequest request, string secret)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        string text = $"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(request.Body)}";
        return "v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }
}
