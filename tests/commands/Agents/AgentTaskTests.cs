using System.Text.Json;

namespace Errand.Commands.Tests.Agents;

/// <summary>Tasks of agents from their start to their end.</summary>
public sealed class AgentTaskTests
{
    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    public async Task N1_each_cli_is_told_what_to_do_and_heard(string profile)
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.RunAsync(profile, "say hello; tool Bash ls; use 100 20; say \"all\" is done");
        Assert.Equal((JobState.Completed, 0), (job.State, job.Outcome!.ExitCode));
        var result = job.Outcome.Result.ToElement();
        Assert.Equal("\"all\" is done", result.GetProperty("answer").GetString());
        Assert.StartsWith("session-", result.GetProperty("sessionId").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"input":100,"output":20,"total":120}""", result.GetProperty("tokens").GetRawText());
        Assert.True(result.GetProperty("turns").GetInt32() > 0);
        Assert.Equal(0, result.GetProperty("exitCode").GetInt32());
        string transcript = await host.TranscriptAsync(job.Id);
        Assert.Contains("hello\n→ ", transcript, StringComparison.Ordinal);
        Assert.Contains("\n\"all\" is done", transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task N1_any_other_cli_is_run_for_its_text()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.RunAsync("text", "say hello; say bye");
        Assert.Equal("""{"answer":"hello\nbye","turns":0,"exitCode":0}""", job.Outcome!.Result.ToString());
        Assert.Equal("hello\nbye", await host.TranscriptAsync(job.Id));
        Assert.Equal(("agent", "text", "say hello; say bye"), (job.Kind, job.Spec.Agent, job.Spec.Title));
    }

    [Fact]
    public async Task N1_a_prompt_may_be_an_argument_and_no_shell_sees_it()
    {
        await using var host = await AgentHost.StartAsync(agents => agents.Add(
            AgentProfile.PlainText("argument", Fixtures.ScriptedAgent, "text", "--prompt", "{prompt}") with { Prompt = AgentPrompt.Argument }));
        var job = await host.RunAsync("argument", "say $(id) {session} * 'x'");
        Assert.Equal("$(id) {session} * 'x'", job.Outcome!.Result.ToElement().GetProperty("answer").GetString());
    }

    [Fact]
    public async Task N1_it_works_in_the_folder_it_is_given_with_the_variables_of_its_profile()
    {
        var words = new Dictionary<string, string> { ["WORD"] = "secret" };
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(AgentProfile.PlainText("env", "/bin/sh", "-c", "cat >/dev/null; echo $WORD in $PWD") with { Env = words }));
        string folder = Directory.CreateDirectory(host.PathOf("a folder")).FullName;
        var job = await host.RunAsync("env", "go", new() { Cwd = folder });
        Assert.Equal($"secret in {folder}", job.Outcome!.Result.ToElement().GetProperty("answer").GetString());
        Assert.DoesNotContain("secret", job.Spec.Input.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    [InlineData("text")]
    public async Task N4_a_failed_agent_fails_its_job_in_its_own_words(string profile)
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.RunAsync(profile, "say half; error the disk is full");
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("the disk is full", job.Outcome!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(profile == "text" ? CommandErrorCodes.ExitCode : AgentErrorCodes.AgentError, job.Outcome.Error.Code);
        Assert.Equal((1, 1), (job.Outcome.ExitCode, job.Attempt));
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    public async Task N4_a_cli_that_dies_in_the_middle_fails_its_job_and_what_it_said_is_kept(string profile)
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.RunAsync(profile, "say half; stderr out of memory; exit 7");
        Assert.Equal((JobState.Failed, CommandErrorCodes.ExitCode, 7), (job.State, job.Outcome!.Error!.Code, job.Outcome.ExitCode));
        Assert.Contains("out of memory", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Contains("half\n", await host.TranscriptAsync(job.Id), StringComparison.Ordinal);
        Assert.StartsWith("session-", job.Outcome.Result.ToElement().GetProperty("sessionId").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task N4_a_cli_that_ends_without_a_result_has_failed()
    {
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(agents.Profiles["claude"] with { Command = ["/bin/sh", "-c", "echo hello"] }));
        var job = await host.RunAsync("claude", "go");
        Assert.Equal((JobState.Failed, AgentErrorCodes.NoAnswer), (job.State, job.Outcome!.Error!.Code));
    }

    [Fact]
    public async Task N4_noise_floods_and_huge_lines_do_no_harm()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.RunAsync("claude", "say a; broken; huge 9000; flood 5; stderr noise; say b");
        Assert.Equal("b", job.Outcome!.Result.ToElement().GetProperty("answer").GetString());
        string transcript = await host.TranscriptAsync(job.Id);
        Assert.Contains("words between the lines", transcript, StringComparison.Ordinal);
        Assert.Contains("(4,194,304 bytes)", transcript, StringComparison.Ordinal);
        Assert.Contains("! noise", transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task N4_while_it_works_its_status_tells_what_it_does()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("codex", $"say I look; tool Bash make all; await {host.PathOf("go")}");
        var working = await host.UntilAsync(job.Id, now => now.Progress?.Message?.Contains("make all", StringComparison.Ordinal) == true);
        Assert.Equal("command_execution: make all", working.Progress!.Message);
        Assert.Contains("→ command_execution make all", await host.TranscriptAsync(job.Id), StringComparison.Ordinal);
        host.Touch("go");
        Assert.Equal(JobState.Completed, (await host.EndAsync(job)).State);
    }

    [Fact]
    public async Task N4_the_transcript_is_followed_to_the_end_and_the_raw_stream_is_the_output()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("gemini", $"say one; await {host.PathOf("go")}; tool t x; say two");
        List<string> lines = [];
        await foreach (var message in host.Agents.TranscriptAsync(job.Id, follow: true, AgentHost.Cancel))
        {
            lines.Add(message.ToText());
            if (lines.Count == 1) host.Touch("go");
        }
        Assert.Equal(["one", "→ t {\"command\":\"x\"}", "← done", "two"], lines.Skip(1));
        var slice = await host.Jobs.ReadOutputAsync(job.Id, new(), AgentHost.Cancel);
        string raw = string.Concat(slice.Chunks.Select(chunk => System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span)));
        Assert.Equal(6, raw.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line)).Count());
    }

    [Theory]
    [InlineData("codex", "use 600 300; use 600 300; say done", AgentErrorCodes.TokenLimit, "1,800 tokens of its 1,000")]
    [InlineData("claude", "use 600 300; use 600 300; hang", AgentErrorCodes.TokenLimit, "1,800 tokens of its 1,000")]
    [InlineData("claude", "cost 0.75; say done", AgentErrorCodes.CostLimit, "$0.75 of its $0.50")]
    public async Task N5_who_uses_more_than_its_budget_is_stopped_and_it_is_said_how_far_it_came(
        string profile, string prompt, string code, string words)
    {
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(agents.Profiles[profile] with { Budgets = new() { Tokens = 1000, CostUsd = 0.5m } }));
        var job = await host.RunAsync(profile, prompt);
        Assert.Equal((JobState.Failed, code), (job.State, job.Outcome!.Error!.Code));
        Assert.Contains(words, job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.False(job.Outcome.Error.Retryable);
        Assert.StartsWith("session-", job.Outcome.Result.ToElement().GetProperty("sessionId").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task N5_a_cli_that_can_keep_to_the_budget_itself_is_told_of_it()
    {
        await using var host = await AgentHost.StartAsync(agents => agents.Add(AgentProfile.PlainText("cost", "/bin/echo") with
        {
            CostArguments = ["--max", "{costUsd}"], Budgets = new() { CostUsd = 2.5m },
        }));
        Assert.Equal("--max 2.5", (await host.RunAsync("cost", "go")).Outcome!.Result.ToElement().GetProperty("answer").GetString());
    }

    [Fact]
    public async Task N5_a_task_that_uses_too_much_of_the_processor_is_stopped()
    {
        var budgets = new AgentBudgets { CpuTime = TimeSpan.FromMilliseconds(300) };
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(AgentProfile.PlainText("spin", "/bin/sh", "-c", "while :; do :; done") with { Budgets = budgets }));
        var job = await host.RunAsync("spin", "go");
        Assert.Equal((JobState.Failed, CommandErrorCodes.CpuLimit), (job.State, job.Outcome!.Error!.Code));
        Assert.StartsWith("'spin' used ", job.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task N1_the_folders_that_commands_may_run_in_hold_for_agents()
    {
        await using var host = await AgentHost.StartAsync(commands: commands => commands.Policy.AllowedFolders.Add("/nowhere"));
        var job = await host.RunAsync("codex", "say hello", new() { Cwd = host.Folder });
        Assert.Equal((JobState.Failed, JobErrorCodes.StartFailed), (job.State, job.Outcome!.Error!.Code));
        Assert.Contains("/nowhere", job.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task N1_a_cli_that_is_not_installed_is_said_to_be_missing()
    {
        await using var host = await AgentHost.StartAsync(agents => agents.Add(AgentProfile.PlainText("missing", "no-such-agent")));
        var job = await host.RunAsync("missing", "go");
        Assert.Equal((JobState.Failed, JobErrorCodes.StartFailed), (job.State, job.Outcome!.Error!.Code));
        Assert.Contains("no-such-agent", job.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task N5_a_task_that_takes_too_long_is_stopped()
    {
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(agents.Profiles["codex"] with { Budgets = new() { WallTime = TimeSpan.FromMilliseconds(300) } }));
        var job = await host.RunAsync("codex", "say a; hang");
        Assert.Equal((JobState.Failed, JobErrorCodes.Timeout), (job.State, job.Outcome!.Error!.Code));
    }
}
