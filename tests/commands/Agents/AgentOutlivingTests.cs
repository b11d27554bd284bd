using Microsoft.Extensions.DependencyInjection;

namespace Errand.Commands.Tests.Agents;

/// <summary>Agents whose server goes and comes back.</summary>
public sealed class AgentOutlivingTests
{
    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    public async Task L2_N4_an_agent_outlives_its_server_and_nothing_that_it_said_is_lost_or_counted_twice(string profile)
    {
        string folder = Directory.CreateTempSubdirectory("errand-agents-").FullName;
        var first = await StartAsync(folder);
        var job = await first.BeginAsync(
            profile, $"say one; use 10 5; touch {first.PathOf("began")}; await {first.PathOf("go")}; say two; use 3 1; say three");
        await first.UntilThereAsync("began");
        await first.LeaveAsync();
        await using var second = await StartAsync(folder);
        Assert.Equal(JobState.Running, (await second.Jobs.GetAsync(job.Id, AgentHost.Cancel)).State);
        second.Touch("go");
        var ended = await second.EndAsync(job);
        Assert.Equal((JobState.Completed, 1), (ended.State, ended.Attempt));
        var result = ended.Outcome!.Result.ToElement();
        Assert.EndsWith("three", result.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"input":13,"output":6,"total":19}""", result.GetProperty("tokens").GetRawText());
        string transcript = await second.TranscriptAsync(job.Id);
        foreach (string word in new[] { "one", "two", "three" }) Assert.Single(transcript.Split('\n'), line => line == word);
    }

    [Fact]
    public async Task L2_N4_an_agent_that_waits_for_a_person_is_answered_by_the_next_server()
    {
        string folder = Directory.CreateTempSubdirectory("errand-agents-").FullName;
        var first = await StartAsync(folder);
        var job = await first.BeginAsync("claude", "ask Bash ls; ask Bash make; say done");
        var waiting = await first.UntilAsync(job.Id, now => now.State == JobState.Waiting);
        await first.AnswerAsync(job, waiting.Inputs[0], """{"allow":true}""");
        waiting = await first.UntilAsync(job.Id, now => now.Inputs.Count == 2);
        await first.LeaveAsync();
        await using var second = await StartAsync(folder);
        // It is asked about what is still open, and not again about what was answered.
        waiting = await second.UntilAsync(job.Id, now =>
            now.State == JobState.Waiting && now.Runner != waiting.Runner && now.Inputs.Count(input => input.IsOutstanding) == 1);
        Assert.Equal(2, waiting.Inputs.Count);
        await second.AnswerAsync(job, waiting.Inputs[1], """{"allow":false,"message":"no make"}""");
        Assert.Equal(JobState.Completed, (await second.EndAsync(job)).State);
        string transcript = await second.TranscriptAsync(job.Id);
        Assert.Contains("allowed ls", transcript, StringComparison.Ordinal);
        Assert.Contains("denied make: no make", transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task L2_N2_an_agent_that_was_left_running_can_still_be_stopped()
    {
        string folder = Directory.CreateTempSubdirectory("errand-agents-").FullName;
        string token = $"token-{Guid.NewGuid():N}";
        var first = await StartAsync(folder);
        var job = await first.BeginAsync("claude", $"fork {token}; ignore; touch {first.PathOf("began")}; hang");
        await first.UntilThereAsync("began");
        await first.LeaveAsync();
        await using var second = await StartAsync(folder);
        Assert.Equal(1, await second.Agents.RemoveAllAsync("claude", "ann", cancellationToken: AgentHost.Cancel));
        Assert.Empty(AgentHost.ProcessesWith(token));
    }

    private static Task<AgentHost> StartAsync(string folder) =>
        AgentHost.StartAsync(build: errand => errand.UseSqlite(Path.Combine(folder, "errand.db")), folder: folder);
}
