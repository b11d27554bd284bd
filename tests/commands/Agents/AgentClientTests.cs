using Microsoft.Extensions.Options;

namespace Errand.Commands.Tests.Agents;

/// <summary>Many tasks: started, listed, stopped, continued, removed.</summary>
public sealed class AgentClientTests
{
    [Fact]
    public async Task B_55_of_twenty_agents_four_run_and_sixteen_wait_with_their_place_and_a_command_runs_meanwhile()
    {
        await using var host = await AgentHost.StartAsync(build: errand => errand.Configure(options => options.Slots = 4));
        var jobs = new List<Job>();
        for (int i = 0; i < 20; i++)
            jobs.Add(await host.BeginAsync("codex", $"await {host.PathOf("go")}; say {i}"));
        await host.UntilAsync(async () => (await host.Agents.ListRunningAsync("codex")).Count >= 4);
        var running = await host.Agents.ListRunningAsync("codex", cancellationToken: AgentHost.Cancel);
        Assert.Equal(4, running.Count);
        List<int?> places = [];
        foreach (var waiting in jobs.Where(job => running.All(other => other.Id != job.Id)))
            places.Add((await host.Jobs.StatusAsync(waiting.Id, AgentHost.Cancel)).WaitingFor!.Position);
        Assert.Equal(Enumerable.Range(1, 16).Select(place => (int?)place), places.Order());
        var command = await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("""{"command":"echo meanwhile"}""")), AgentHost.Cancel);
        Assert.Equal(JobState.Completed, (await host.EndAsync(command)).State);
        Assert.Equal(16, (await host.Jobs.CountAsync(new() { Agent = "codex", States = [JobState.Queued] }, AgentHost.Cancel))[JobState.Queued]);
        host.Touch("go");
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await host.EndAsync(job)).State);
    }

    [Fact]
    public async Task N6_one_task_at_a_time_works_in_a_folder_where_the_profile_says_so()
    {
        await using var host = await AgentHost.StartAsync(agents =>
        {
            foreach (string name in new[] { "codex", "gemini" }) agents.Add(agents.Profiles[name] with { OnePerFolder = true });
        });
        string one = Directory.CreateDirectory(host.PathOf("one")).FullName, other = Directory.CreateDirectory(host.PathOf("other")).FullName;
        string prompt = $"await {host.PathOf("go")}";
        var first = await host.BeginAsync("codex", prompt, new() { Cwd = one });
        await host.UntilRunningAsync(first);
        var second = await host.Agents.StartAsync("gemini", prompt, new() { Cwd = $"{one}/../one/" }, AgentHost.Cancel);
        var third = await host.BeginAsync("codex", prompt, new() { Cwd = other });
        await host.UntilRunningAsync(third);
        Assert.Equal(JobState.Queued, (await host.Jobs.GetAsync(second.Id, AgentHost.Cancel)).State);
        host.Touch("go");
        Assert.Equal(JobState.Completed, (await host.EndAsync(second)).State);
    }

    [Fact]
    public async Task N7_a_task_is_continued_in_the_session_of_its_cli()
    {
        await using var host = await AgentHost.StartAsync();
        string folder = Directory.CreateDirectory(host.PathOf("work")).FullName;
        foreach (string profile in new[] { "claude", "codex", "gemini" })
        {
            var first = await host.RunAsync(profile, "say hello", new() { Cwd = folder, Tags = ["a"] });
            var next = await host.EndAsync(await host.ContinueAsync(first.Id, "cwd"));
            var result = next.Outcome!.Result.ToElement();
            Assert.Equal($"in {folder} resumed", result.GetProperty("answer").GetString());
            Assert.Equal(first.Outcome!.Result.ToElement().GetProperty("sessionId").GetString(), result.GetProperty("sessionId").GetString());
            Assert.Equal((first.Id, "a"), (next.Spec.RetryOf, Assert.Single(next.Spec.Tags)));
        }
    }

    [Fact]
    public async Task N7_a_task_that_failed_or_was_cancelled_can_be_continued_too()
    {
        await using var host = await AgentHost.StartAsync();
        var failed = await host.RunAsync("claude", "say half; exit 7");
        Assert.Equal(JobState.Completed, (await host.EndAsync(await host.ContinueAsync(failed.Id, "say rest"))).State);
        var job = await host.BeginAsync("codex", $"say half; touch {host.PathOf("began")}; hang");
        await host.UntilThereAsync("began");
        await host.UntilAsync(job.Id, now => !now.Checkpoint.IsNone);
        await host.Agents.KillAsync(job.Id, "ann", AgentHost.Cancel);
        await host.EndAsync(job);
        var next = await host.EndAsync(await host.ContinueAsync(job.Id, "cwd"));
        Assert.EndsWith(" resumed", next.Outcome!.Result.ToElement().GetProperty("answer").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task N7_what_cannot_be_continued_is_refused_with_the_reason()
    {
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(agents.Profiles["codex"] with { Name = "other", Command = ["/bin/true"] }));
        var text = await host.RunAsync("text", "say hello");
        await SaysAsync("no ResumeCommand", text.Id);
        await SaysAsync("never told of a session", (await host.RunAsync("other", "go")).Id);
        var command = await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("""{"command":"true"}""")), AgentHost.Cancel);
        await SaysAsync("not a task of an agent", command.Id);
        var running = await host.BeginAsync("codex", "hang");
        await host.UntilRunningAsync(running);
        await SaysAsync("running", running.Id);
        var unknown = JobId.New(host.Time.GetUtcNow());
        await Assert.ThrowsAsync<JobNotFoundException>(() => host.ContinueAsync(unknown, "on"));

        async Task SaysAsync(string words, JobId id)
        {
            var refusal = await Assert.ThrowsAnyAsync<JobException>(() => host.ContinueAsync(id, "on"));
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task B_47_a_failed_agent_frees_its_place_and_can_be_started_again_at_once()
    {
        await using var host = await AgentHost.StartAsync(agents => agents.Add(agents.Profiles["codex"] with { Cap = 1 }));
        var failed = await host.RunAsync("codex", "error no");
        var again = await host.Agents.StartAsync(failed.Id, "ann", AgentHost.Cancel);
        Assert.Equal((StartAnswer.Started, failed.Id), (again.Answer, again.Job!.Spec.RetryOf));
        Assert.Equal(JobState.Failed, (await host.EndAsync(again.Job)).State);
    }

    [Fact]
    public async Task B_47_N2_a_task_is_defined_first_and_started_once_and_starting_what_runs_says_so()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("codex", $"await {host.PathOf("go")}", new() { Start = false });
        Assert.Equal(JobWaitReasons.Start, (await host.Jobs.StatusAsync(job.Id, AgentHost.Cancel)).WaitingFor!.Reason);
        Assert.Empty(await host.Agents.ListRunningAsync(cancellationToken: AgentHost.Cancel));
        Assert.Equal(StartAnswer.Started, (await host.Agents.StartAsync(job.Id, "ann", AgentHost.Cancel)).Answer);
        await host.UntilRunningAsync(job);
        var reply = await host.Agents.StartAsync(job.Id, "ann", AgentHost.Cancel);
        Assert.Equal((StartAnswer.AlreadyRunning, $"Job {job.Id} is already running."), (reply.Answer, reply.Message));
        host.Touch("go");
        await host.EndAsync(job);
        Assert.Equal(StartAnswer.AlreadyFinished, (await host.Agents.StartAsync(job.Id, "ann", AgentHost.Cancel)).Answer);
        Assert.Equal(StartAnswer.NotFound, (await host.Agents.StartAsync(JobId.New(host.Time.GetUtcNow()), "ann", AgentHost.Cancel)).Answer);
    }

    [Fact]
    public async Task N2_a_defined_task_that_is_cancelled_never_runs_and_can_be_started_after_all()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("codex", "say done", new() { Start = false });
        Assert.Equal(StopAnswer.Cancelled, (await host.Agents.CancelAsync(job.Id, "ann", AgentHost.Cancel)).Answer);
        var again = await host.Agents.StartAsync(job.Id, "ann", AgentHost.Cancel);
        Assert.Equal(JobState.Completed, (await host.EndAsync(again.Job!)).State);
    }

    [Fact]
    public async Task B_47_stopping_what_does_not_run_says_so()
    {
        await using var host = await AgentHost.StartAsync();
        var done = await host.RunAsync("codex", "say done");
        Assert.Equal(StopAnswer.AlreadyFinished, (await host.Agents.CancelAsync(done.Id, "ann", AgentHost.Cancel)).Answer);
        Assert.Equal(StopAnswer.NotFound, (await host.Agents.KillAsync(JobId.New(host.Time.GetUtcNow()), "ann", AgentHost.Cancel)).Answer);
        Assert.Empty(await host.Agents.StopAllAsync("codex", "ann", cancellationToken: AgentHost.Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task N2_a_task_is_stopped_with_all_that_it_has_started(bool force)
    {
        await using var host = await AgentHost.StartAsync();
        string token = $"token-{Guid.NewGuid():N}";
        var job = await host.BeginAsync("claude", $"fork {token}; ignore; touch {host.PathOf("began")}; hang");
        await host.UntilThereAsync("began");
        if (force) await host.Agents.KillAsync(job.Id, "ann", AgentHost.Cancel);
        else await host.Agents.CancelAsync(job.Id, "ann", AgentHost.Cancel);
        Assert.Equal(JobState.Cancelled, (await host.EndAsync(job)).State);
        Assert.Empty(AgentHost.ProcessesWith(token));
    }

    [Fact]
    public async Task B_48_N3_removing_all_tasks_of_an_agent_ends_every_process_first()
    {
        await using var host = await AgentHost.StartAsync();
        string token = $"token-{Guid.NewGuid():N}";
        for (int i = 0; i < 6; i++)
            await host.BeginAsync("gemini", $"fork {token}; ignore; touch {host.PathOf($"began-{i}")}; hang");
        await host.RunAsync("codex", "say other");
        await host.UntilAsync(() => Task.FromResult(Directory.GetFiles(host.Folder, "began-*").Length >= 4));
        Assert.Equal(6, await host.Agents.RemoveAllAsync("gemini", "ann", cancellationToken: AgentHost.Cancel));
        Assert.Empty(AgentHost.ProcessesWith(token));
        Assert.Empty((await host.Jobs.ListAsync(new() { Agent = "gemini" }, AgentHost.Cancel)).Items);
        Assert.Single((await host.Jobs.ListAsync(new() { Agent = "codex" }, AgentHost.Cancel)).Items);
    }

    [Fact]
    public async Task N2_what_has_ended_is_cleaned_up_and_what_runs_stays()
    {
        await using var host = await AgentHost.StartAsync();
        await host.RunAsync("codex", "say one");
        await host.RunAsync("gemini", "say two", new() { Owner = "bob" });
        var running = await host.BeginAsync("codex", "hang");
        await host.UntilRunningAsync(running);
        Assert.Equal(0, await host.Agents.CleanupAsync("gemini", owner: "ann", AgentHost.Cancel));
        Assert.Equal(1, await host.Agents.CleanupAsync("codex", cancellationToken: AgentHost.Cancel));
        Assert.Equal(1, await host.Agents.CleanupAsync(cancellationToken: AgentHost.Cancel));
        Assert.Equal(running.Id, Assert.Single(await host.Agents.ListRunningAsync(cancellationToken: AgentHost.Cancel)).Id);
    }

    [Fact]
    public async Task N1_an_agent_that_there_is_not_is_refused_with_those_that_there_are()
    {
        await using var host = await AgentHost.StartAsync();
        var refusal = await Assert.ThrowsAsync<InvalidJobException>(() => host.BeginAsync("cloude", "go"));
        Assert.Equal(("profile", "There is no agent 'cloude'; there are claude, codex, gemini, text."), (refusal.Parameter, refusal.Message));
        refusal = await Assert.ThrowsAsync<InvalidJobException>(() => host.BeginAsync("codex", " "));
        Assert.Equal("prompt", refusal.Parameter);
    }

    public static TheoryData<AgentProfile, string> Wrong => new()
    {
        { new() { Name = "a b", Command = ["x"] }, "letters, digits" },
        { new() { Name = "a", Command = [] }, "must begin with a program" },
        { new() { Name = "a", Command = ["x", "{prompt}"] }, "set it to Argument" },
        { new() { Name = "a", Command = ["x", "{session}"] }, "Put it into ResumeCommand" },
        { new() { Name = "a", Command = ["x"], ResumeCommand = ["x"] }, "must hold {session}" },
        { new() { Name = "a", Command = ["x"], Cwd = "b" }, "absolute path" },
        { new() { Name = "a", Command = ["x"], Cap = 0 }, "Cap is 0" },
        { new() { Name = "a", Command = ["x"], Budgets = new() { Tokens = 0 } }, "Budgets.Tokens is 0" },
        { new() { Name = "a", Command = ["x"], Budgets = new() { CostUsd = -1 } }, "Budgets.CostUsd is -1" },
        { new() { Name = "a", Command = ["x"], Budgets = new() { WallTime = TimeSpan.Zero } }, "Budgets.WallTime is 00:00:00" },
        { new() { Name = "a", Command = ["x"], Env = new Dictionary<string, string> { ["A=B"] = "c" } }, "'A=B' in Env" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void N1_a_profile_that_cannot_work_is_refused_at_the_start(AgentProfile profile, string words)
    {
        var options = new AgentOptions().Add(profile);
        Assert.Contains(words, Assert.Single(options.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task N1_a_host_with_a_wrong_profile_does_not_start()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            AgentHost.StartAsync(agents => agents.Profiles["b"] = AgentProfile.Codex));
        Assert.Contains("the profile 'b': its name is 'codex'", refusal.Message, StringComparison.Ordinal);
    }
}
