using System.Text.Json;

namespace Errand.Commands.Tests.Agents;

/// <summary>Agents that ask whether they may.</summary>
public sealed class AgentPermissionTests
{
    [Theory]
    [InlineData("""{"allow":true}""", "allowed rm -rf dist")]
    [InlineData("""{"allow":false,"message":"use make clean"}""", "denied rm -rf dist: use make clean")]
    [InlineData("""{"allow":false}""", "denied rm -rf dist: A person has refused this.")]
    [InlineData("""{"allow":"perhaps"}""", "denied rm -rf dist: A person has refused this.")]
    [InlineData("\"no\"", "denied rm -rf dist: A person has refused this.")]
    [InlineData("[1]", "denied rm -rf dist: A person has refused this.")]
    [InlineData("\"yes\"", "allowed rm -rf dist")]
    public async Task N4_Q2_a_request_for_permission_waits_for_a_person(string answer, string word)
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("claude", "say I clean; ask Bash rm -rf dist");
        var waiting = await host.UntilAsync(job.Id, now => now.State == JobState.Waiting);
        var question = Assert.Single(waiting.Inputs).Request.ToElement();
        Assert.Equal(("permission", true), (question.GetProperty("kind").GetString(), question.GetProperty("onlyPerson").GetBoolean()));
        Assert.Equal("Bash", question.GetProperty("tool").GetString());
        Assert.Equal("""{"command":"rm -rf dist"}""", question.GetProperty("input").GetRawText());
        Assert.Contains("claude asks for permission to use Bash", question.GetProperty("message").GetString(), StringComparison.Ordinal);
        await host.AnswerAsync(job, waiting.Inputs[0], answer);
        Assert.Equal(word, AnswerOf(await host.EndAsync(job)));
    }

    [Fact]
    public async Task N4_what_was_allowed_once_allows_nothing_else()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("claude", "ask Bash ls; ask Bash rm -rf x");
        await AnswerAsync(host, job, "ls", allow: true);
        await AnswerAsync(host, job, "rm -rf x", allow: false);
        Assert.StartsWith("denied rm -rf x", AnswerOf(await host.EndAsync(job)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task N4_N8_an_answer_to_an_earlier_attempt_is_none_to_a_later_one()
    {
        await using var host = await AgentHost.StartAsync(agents =>
            agents.Add(agents.Profiles["claude"] with { ResumeCommand = null }));
        string once = host.PathOf("once");
        var job = await host.BeginAsync(
            "claude", $"await {host.PathOf("go")}; ask Bash ls; once-limit {once} usage limit reached; ask Bash rm -rf x");
        host.Touch("go");
        await AnswerAsync(host, job, "ls", allow: true);
        await host.UntilAsync(job.Id, now => now.State == JobState.Queued);
        host.Time.Jump(TimeSpan.FromMinutes(6));
        // The second attempt asks for the same again, under another number of the CLI's; the person is asked again.
        await AnswerAsync(host, job, "ls", allow: true, attempt: 2);
        await AnswerAsync(host, job, "rm -rf x", allow: false, attempt: 2);
        Assert.StartsWith("denied rm -rf x", AnswerOf(await host.EndAsync(job)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task N4_a_cancel_ends_an_agent_that_waits_for_a_person()
    {
        await using var host = await AgentHost.StartAsync();
        var job = await host.BeginAsync("claude", "ask Bash ls");
        await host.UntilAsync(job.Id, now => now.State == JobState.Waiting);
        Assert.Equal(StopAnswer.Cancelling, (await host.Agents.CancelAsync(job.Id, "ann", AgentHost.Cancel)).Answer);
        Assert.Equal(JobState.Cancelled, (await host.EndAsync(job)).State);
    }

    [Fact]
    public async Task N4_a_cli_that_dies_while_its_question_is_open_ends_its_job()
    {
        string die = Path.Combine(Directory.CreateTempSubdirectory("errand-die-").FullName, "now");
        await using var host = await AgentHost.StartAsync(agents => agents.Add(agents.Profiles["claude"] with
        {
            Command = ["/bin/sh", "-c", "cat \"$0\"; while [ ! -e \"$1\" ]; do sleep 0.02; done; exit 9", FixturePath, die],
        }));
        var job = await host.BeginAsync("claude", "go");
        await host.UntilAsync(job.Id, now => now.State == JobState.Waiting);
        File.WriteAllText(die, "");
        var ended = await host.EndAsync(job);
        Assert.Equal((JobState.Failed, 9), (ended.State, ended.Outcome!.ExitCode));
        Directory.Delete(Path.GetDirectoryName(die)!, recursive: true);
    }

    private static string FixturePath => Path.Combine(Path.GetDirectoryName(Fixtures.ScriptedAgent)!, "fixtures", "claude-permission.jsonl");

    private static async Task AnswerAsync(AgentHost host, Job job, string command, bool allow, int attempt = 1)
    {
        var waiting = await host.UntilAsync(job.Id, now => now.Attempt == attempt && OpenQuestionOf(now, command) is not null);
        await host.AnswerAsync(job, OpenQuestionOf(waiting, command)!, allow ? """{"allow":true}""" : """{"allow":false}""");
    }

    private static JobInput? OpenQuestionOf(Job job, string command) => job.Inputs.FirstOrDefault(input =>
        input.IsOutstanding && input.Request.ToElement().GetProperty("input").GetProperty("command").GetString() == command);

    private static string? AnswerOf(Job job) => job.Outcome!.Result.ToElement() is { ValueKind: JsonValueKind.Object } result
        ? result.GetProperty("answer").GetString()
        : job.Outcome.Error?.Message;
}
