namespace Errand.Commands.Tests.Running;

/// <summary>Commands that run and end.</summary>
public sealed class RunTests : IAsyncLifetime
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
    public async Task L1_a_command_tells_what_it_wrote_and_how_it_ended()
    {
        var job = await RunAsync("""{"command":"echo out; echo err >&2; exit 3"}""");
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal("exit_code", job.Outcome!.Error!.Code);
        Assert.EndsWith("The end of its stderr:\nerr", job.Outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal(3, job.Outcome.ExitCode);
        Assert.Equal(8, job.Outcome.Output!.Bytes);
        Assert.Contains("\"stdout\":\"out\\n\",\"stderr\":\"err\\n\",\"exitCode\":3", job.Outcome.Result.ToString(), StringComparison.Ordinal);
    }

    private async Task<Job> RunAsync(string input)
    {
        var job = await _host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse(input)), Token);
        return (await _host.Jobs.WaitAsync(job.Id, new() { Timeout = TimeSpan.FromSeconds(50) }, Token)).Job;
    }
}
