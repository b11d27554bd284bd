namespace Errand.Commands.Tests;

/// <summary>Commands by way of the library.</summary>
public sealed class CommandCallTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-").FullName;
    private CommandHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await CommandHost.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A9_a_call_answers_with_what_the_command_came_to()
    {
        var call = await _host.Jobs.RunCommandAsync(Command.Line("cat; echo $KEY >&2; exit 4") with
        {
            Stdin = "ä", Env = new Dictionary<string, string> { ["KEY"] = "v" }, ExpectedExitCodes = [4],
        }, abandon: Token);
        Assert.True(call.Success);
        Assert.False(call.IsPromoted);
        Assert.Equal(("ä", "v\n", 4), (call.Result!.Stdout, call.Result.Stderr, call.Result.ExitCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task A9_a_failure_is_an_answer_with_its_result()
    {
        var call = await _host.Jobs.RunCommandAsync(Command.Program("sh", "-c", "echo so; exit 3"), abandon: Token);
        Assert.False(call.Success);
        Assert.Equal((CommandErrorCodes.ExitCode, 3, "so\n"), (call.Error!.Code, call.Result!.ExitCode, call.Result.Stdout));
    }

    [Fact(Timeout = 60_000)]
    public async Task A9_what_could_not_be_started_has_an_error_and_no_result()
    {
        var call = await _host.Jobs.RunCommandAsync(Command.Program("no-such-program"), abandon: Token);
        Assert.Equal((JobErrorCodes.StartFailed, null), (call.Error!.Code, call.Result));
        Assert.Contains("'no-such-program', and there is no such program", call.Error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A9_a_command_that_outlasts_its_caller_goes_on_as_a_job()
    {
        string go = Path.Combine(_folder, "go");
        var command = Command.Line($"until [ -e {go} ]; do sleep 0.05; done; echo done");
        var call = await _host.Jobs.RunCommandAsync(command, new() { AsyncTimeout = TimeSpan.FromMilliseconds(1) }, abandon: Token);
        Assert.True(call.IsPromoted);
        Assert.Null(call.Result);
        await File.WriteAllTextAsync(go, "", Token);
        var result = await _host.Jobs.WaitForCommandAsync(call.Job!.Id, Token);
        Assert.Equal("done\n", result!.Stdout);
        var job = await _host.Jobs.GetAsync(call.Job.Id, Token);
        Assert.Equal(("done\n", 0), (job.CommandResult()!.Stdout, job.CommandResult()!.ExitCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task L6_what_a_command_writes_is_the_progress_of_its_job()
    {
        string go = Path.Combine(_folder, "go");
        var job = await _host.Jobs.SubmitCommandAsync(
            Command.Line($"printf '[3/10] building\\r'; until [ -e {go} ]; do sleep 0.05; done"), cancellationToken: Token);
        await foreach (var seen in _host.Jobs.WatchAsync(job.Id, cancellationToken: Token))
        {
            if (seen.Progress is null) continue;
            Assert.Equal(new JobProgress(3, 10, "[3/10] building"), seen.Progress);
            break;
        }
        await File.WriteAllTextAsync(go, "", Token);
        Assert.Equal(JobState.Completed, (await _host.Jobs.WaitAsync(job.Id, null, Token)).Job.State);
    }
}
