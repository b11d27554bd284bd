using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Errand.Commands.Tests.Worker;

namespace Errand.Commands.Tests.Outliving;

/// <summary>What a restarted server finds of the commands that another one has started, and what it says of them.</summary>
public sealed class ReadoptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Gate => Path.Combine(_folder, "gate");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 60_000)]
    public async Task L2_a_command_is_taken_over_while_it_runs_with_its_output_and_its_exit_code()
    {
        var id = await LeaveAsync($"echo before; cat {Gate}; echo after; exit 7");
        await using var host = await CommandHost.StartAsync(_folder);
        Assert.Equal(JobState.Running, (await host.Jobs.GetAsync(id, Token)).State);
        await OpenGateAsync();
        var end = await EndOfAsync(host, id);
        Assert.Equal(7, end.Outcome!.ExitCode);
        Assert.Equal("before\nafter\n", ResultOf(end)["stdout"]!.GetValue<string>());
        Assert.Contains(await host.Jobs.HistoryAsync(id, Token), line => line.Name == JobEvents.Adopted);
        Assert.Equal(1, end.Attempt);
    }

    [Fact(Timeout = 60_000)]
    public async Task L2_a_command_that_ended_while_no_server_ran_is_told_rightly()
    {
        var id = await LeaveAsync($"cat {Gate}; echo late; kill -TERM $$");
        await OpenGateAsync();
        await UntilGoneAsync(SupervisorOf(id));
        await using var host = await CommandHost.StartAsync(_folder);
        var end = await EndOfAsync(host, id);
        Assert.Equal(JobState.Failed, end.State);
        Assert.Equal("signal", end.Outcome!.Error!.Code);
        Assert.Equal("SIGTERM", end.Outcome.Signal);
        Assert.Equal(5, end.Outcome.Output!.Bytes);
    }

    [Fact(Timeout = 60_000)]
    public async Task L2_a_command_that_never_began_is_begun()
    {
        // The server dies between the claim and the go: there is a job that runs, and nothing on record.
        var id = await LeaveAsync("exit 4");
        Directory.Delete(FolderOf(id), recursive: true);
        await using var host = await CommandHost.StartAsync(_folder);
        Assert.Equal(4, (await EndOfAsync(host, id)).Outcome!.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task L2_a_killed_supervisor_is_reported_and_what_it_left_is_ended()
    {
        var id = await LeaveAsync($"cat {Gate}");
        int supervisor = SupervisorOf(id);
        var command = Assert.Single(ProcessTree.Of(ProcessKey.Of(supervisor)!.Value, ProcessMark.Of(id, 1)).Members(), member => member.Name == "cat");
        Process.GetProcessById(supervisor).Kill();
        await UntilGoneAsync(supervisor);
        await using var host = await CommandHost.StartAsync(_folder);
        var end = await EndOfAsync(host, id);
        Assert.Equal("interrupted", end.Outcome!.Error!.Code);
        Assert.Contains("supervisor was killed", end.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Contains("cat", end.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Null(Errand.Storage.ProcessIdentity.Find(command.Key.Pid));
    }

    [Fact(Timeout = 60_000)]
    public async Task L2_after_a_restart_of_the_machine_the_command_is_said_to_have_ended_with_it()
    {
        var id = await LeaveAsync($"cat {Gate}");
        int supervisor = SupervisorOf(id);
        await EndTreeAsync(id, supervisor);
        RewriteIdentity(id, identity => identity["process"]!["bootId"] = "another boot");
        await using var host = await CommandHost.StartAsync(_folder);
        var end = await EndOfAsync(host, id);
        Assert.Equal("interrupted", end.Outcome!.Error!.Code);
        Assert.Contains("machine was started anew", end.Outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task L2_a_process_that_got_the_number_of_the_supervisor_is_not_taken_for_it()
    {
        var id = await LeaveAsync($"cat {Gate}");
        await EndTreeAsync(id, SupervisorOf(id));
        using var innocent = Process.Start("sleep", "600");
        try
        {
            // The number is another process's by now; the time of its start is not.
            RewriteIdentity(id, identity => identity["process"]!["processId"] = innocent.Id);
            await using var host = await CommandHost.StartAsync(_folder);
            var end = await EndOfAsync(host, id);
            Assert.Equal("interrupted", end.Outcome!.Error!.Code);
            Assert.False(innocent.HasExited);
        }
        finally { innocent.Kill(); }
    }

    [Fact(Timeout = 60_000)]
    public async Task L2_a_forged_identity_is_not_believed_and_its_process_is_left_alone()
    {
        var id = await LeaveAsync($"cat {Gate}");
        await EndTreeAsync(id, SupervisorOf(id));
        using var innocent = Process.Start("sleep", "600");
        try
        {
            // Number, start and boot are right; only the mark is not there, which is worked out and not read.
            RewriteIdentity(id, identity =>
            {
                identity["process"]!["processId"] = innocent.Id;
                identity["process"]!["startTime"] = ProcessKey.Of(innocent.Id)!.Value.StartedAt;
            });
            await using var host = await CommandHost.StartAsync(_folder);
            var end = await EndOfAsync(host, id);
            Assert.Equal("interrupted", end.Outcome!.Error!.Code);
            Assert.False(innocent.HasExited);
        }
        finally { innocent.Kill(); }
    }

    [Fact(Timeout = 60_000)]
    public async Task B_38_a_call_inside_its_callers_patience_is_found_and_becomes_a_job()
    {
        await using (var server = await WorkerProcess.StartAsync(_folder))
        {
            server.Say(Line("call", $"echo before; touch {Gate}.begun; cat {Gate}; exit 5"));
            await Wait.ForAsync(() => File.Exists($"{Gate}.begun"));
            await server.KillAsync();
        }
        await using var host = await CommandHost.StartAsync(_folder);
        await Wait.ForAsync(async () => (await host.Jobs.ListAsync(new(), Token)).Items.Count == 1);
        var job = Assert.Single((await host.Jobs.ListAsync(new(), Token)).Items);
        Assert.Equal("it", job.Spec.Title);
        await OpenGateAsync();
        var end = await EndOfAsync(host, job.Id);
        Assert.Equal(5, end.Outcome!.ExitCode);
        Assert.Contains(await host.Jobs.HistoryAsync(job.Id, Token), line => line.Name == JobEvents.Adopted);
    }

    [Fact(Timeout = 60_000)]
    public async Task S3_a_server_that_stops_leaves_its_commands_running_and_hands_over_the_calls()
    {
        JobId stored, called;
        await using (var server = await WorkerProcess.StartAsync(_folder))
        {
            server.Say(Line("submit", $"cat {Gate}; exit 6"));
            stored = JobId.Parse((await server.HearAsync("stored")).Split(' ')[2]);
            server.Say(Line("call", $"touch {Gate}.begun; cat {Gate}; exit 5"));
            await Wait.ForAsync(() => File.Exists($"{Gate}.begun"));
            await server.StopAsync();
            called = JobId.Parse((await server.HearAsync("promoted")).Split(' ')[2]);
        }
        await using var host = await CommandHost.StartAsync(_folder);
        await OpenGateAsync();
        Assert.Equal(6, (await EndOfAsync(host, stored)).Outcome!.ExitCode);
        Assert.Equal(5, (await EndOfAsync(host, called)).Outcome!.ExitCode);
    }

    private static string Line(string verb, string script) =>
        $$"""{{verb}} it 60000 {"command":{{JsonSerializer.Serialize(script)}}}""";

    private static JsonNode ResultOf(Job job) => JsonNode.Parse(job.Outcome!.Result.Utf8.Span)!;

    private static async Task<Job> EndOfAsync(CommandHost host, JobId id)
    {
        var news = await host.Jobs.WaitAsync(id, new() { Timeout = TimeSpan.FromSeconds(50) }, Token);
        Assert.True(news.Job.IsTerminal, $"It does not end: {news.Job.Phase}");
        return news.Job;
    }

    private string FolderOf(JobId id) => Path.Combine(_folder, "jobs", id.ToString(), "1");

    private int SupervisorOf(JobId id) => new CommandFolder(FolderOf(id)).ReadIdentity()!.Process.ProcessId;

    /// <summary>Has a server start a command, and kills the server once the command runs.</summary>
    private async Task<JobId> LeaveAsync(string script)
    {
        if (!File.Exists(Gate)) using (var made = Process.Start("mkfifo", Gate)) await made.WaitForExitAsync(Token);
        await using var server = await WorkerProcess.StartAsync(_folder);
        server.Say(Line("submit", $"touch {Gate}.begun; {script}"));
        var id = JobId.Parse((await server.HearAsync("stored")).Split(' ')[2]);
        await Wait.ForAsync(() => File.Exists($"{Gate}.begun"));
        await server.KillAsync();
        return id;
    }

    private Task OpenGateAsync() => File.WriteAllTextAsync(Gate, "", Token);

    private static async Task EndTreeAsync(JobId id, int supervisor)
    {
        var tree = ProcessTree.Of(ProcessKey.Of(supervisor)!.Value, ProcessMark.Of(id, 1));
        Process.GetProcessById(supervisor).Kill();
        Assert.Empty(await tree.KillAsync(TimeProvider.System, TimeSpan.FromSeconds(10)));
        await UntilGoneAsync(supervisor);
    }

    private static Task UntilGoneAsync(int process) => Wait.ForAsync(() => Errand.Storage.ProcessIdentity.Find(process) is null);

    private void RewriteIdentity(JobId id, Action<JsonNode> change)
    {
        string path = Path.Combine(FolderOf(id), "identity.json");
        var identity = JsonNode.Parse(File.ReadAllText(path))!;
        change(identity);
        File.WriteAllText(path, identity.ToJsonString());
    }
}
