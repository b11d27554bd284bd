using System.Globalization;

namespace Errand.Commands.Tests.Agents;

/// <summary>N8: what happens when the provider lets the account do no more for now.</summary>
public sealed class AgentLimitTests
{
    [Theory]
    [InlineData("claude", "Claude AI usage limit reached|{0}")]
    [InlineData("codex", "You've hit your usage limit. resets_at={0}")]
    [InlineData("gemini", "You have exhausted your capacity on this model. resets_at={0}")]
    [InlineData("text", "usage limit reached|{0}")]
    public async Task N8_a_task_that_meets_a_usage_limit_waits_in_the_queue_until_it_ends(string profile, string words)
    {
        await using var host = await AgentHost.StartAsync();
        var reset = DateTimeOffset.FromUnixTimeSeconds(host.Time.GetUtcNow().AddHours(3).ToUnixTimeSeconds());
        string once = host.PathOf("once");
        string limit = string.Format(CultureInfo.InvariantCulture, words, reset.ToUnixTimeSeconds());
        var job = await host.BeginAsync(profile, $"once-limit {once} {limit}; say done");
        var queued = await host.UntilAsync(job.Id, now => now is { State: JobState.Queued, Attempt: 1 });
        Assert.InRange(queued.ScheduledAt, reset, reset.AddSeconds(10));
        var failed = Assert.Single(await host.Jobs.HistoryAsync(job.Id, AgentHost.Cancel), line => line.Name == JobEvents.AttemptFailed);
        Assert.StartsWith($"usage_limit: '{profile}' has reached the usage limit of its provider", failed.Detail, StringComparison.Ordinal);
        host.Time.Jump(TimeSpan.FromHours(3) + TimeSpan.FromSeconds(10));
        var ended = await host.EndAsync(job);
        Assert.Equal((JobState.Completed, 2), (ended.State, ended.Attempt));
        Assert.Equal("done", ended.Outcome!.Result.ToElement().GetProperty("answer").GetString());
    }

    [Fact]
    public async Task N8_what_was_cut_off_goes_on_with_its_session_and_what_it_used_counts()
    {
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(agents.Profiles["codex"] with { GoOnPrompt = "cwd; use 7 1" }));
        string once = host.PathOf("once");
        var job = await host.BeginAsync(
            "codex", $"say half; use 10 5; once-limit {once} You've hit your usage limit. Try again in 2 hours.");
        var queued = await host.UntilAsync(job.Id, now => now is { State: JobState.Queued, Attempt: 1 });
        Assert.InRange(queued.ScheduledAt - host.Time.GetUtcNow(), TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
        host.Time.Jump(TimeSpan.FromHours(3));
        var result = (await host.EndAsync(job)).Outcome!.Result.ToElement();
        Assert.EndsWith(" resumed", result.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, result.GetProperty("turns").GetInt32());
    }

    [Fact]
    public async Task N8_a_limit_that_does_not_say_until_when_is_tried_again_later_and_later()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("codex", "limit You exceeded your current quota");
        foreach (int minutes in new[] { 5, 10, 20, 40, 60, 60 })
        {
            var before = host.Time.GetUtcNow();
            int attempt = (await host.UntilAsync(job.Id, now => now.State == JobState.Queued && now.ScheduledAt > before)).Attempt;
            var queued = await host.Jobs.GetAsync(job.Id, AgentHost.Cancel);
            Assert.InRange((queued.ScheduledAt - host.Time.GetUtcNow()).TotalMinutes, minutes - 1, minutes);
            host.Time.Jump(TimeSpan.FromMinutes(minutes));
            await host.UntilAsync(job.Id, now => now.Attempt > attempt);
        }
    }

    [Fact]
    public async Task N8_a_limit_that_did_not_keep_the_agent_from_its_end_is_no_failure()
    {
        await using var host = await AgentHost.StartAsync(agents => agents.Add(agents.Profiles["claude"] with
        {
            Command =
            [
                "/bin/sh", "-c",
                """
                read _
                echo '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","isUsingOverage":true}}'
                echo '{"type":"result","result":"ok"}'
                """,
            ],
        }));
        Assert.Equal(JobState.Completed, (await host.RunAsync("claude", "go")).State);
    }
}
