namespace Errand.Commands.Tests.Running;

/// <summary>Limits of commands, each with an outcome of its own.</summary>
public sealed class LimitTests : CommandTest
{
    [Fact(Timeout = 120_000)]
    public async Task H6_a_command_that_takes_too_much_memory_is_ended()
    {
        // Memory that is touched, in a process below the command.
        var job = await RunAsync("perl -e '$x = \"x\" x 200_000_000; sleep 600'; sleep 600", new() { MemoryBytes = 50_000_000 });
        AssertEnded(job, "limit_memory");
    }

    [Fact(Timeout = 120_000)]
    public async Task H6_a_command_that_uses_too_much_time_of_processors_is_ended()
    {
        var job = await RunAsync("sh -c 'while :; do :; done'", new() { CpuTime = TimeSpan.FromMilliseconds(500) });
        AssertEnded(job, "limit_cpu");
    }

    [Fact(Timeout = 120_000)]
    public async Task H6_a_command_that_has_too_many_processes_is_ended()
    {
        var job = await RunAsync("i=0; while [ $i -lt 40 ]; do sleep 600 & i=$((i+1)); done; wait", new() { Processes = 20 });
        AssertEnded(job, "limit_processes");
    }

    [Fact(Timeout = 120_000)]
    public async Task H6_a_file_that_grows_too_large_ends_the_command_and_its_own_log_may()
    {
        var limits = new JobLimits { FileBytes = 1_000_000 };
        var log = await RunAsync("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2", limits);
        Assert.Equal((JobState.Completed, 6_000_000L), (log.State, log.Outcome!.Output!.Bytes));
        var file = await RunAsync($"exec head -c 3000000 /dev/zero >{PathOf("large")}", limits);
        AssertEnded(file, "limit_file");
        Assert.Equal(1_000_000, new FileInfo(PathOf("large")).Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task H6_a_command_that_writes_too_much_output_is_ended()
    {
        var job = await RunAsync("yes", new() { OutputBytes = 1_000_000 });
        AssertEnded(job, "limit_output");
    }

    [Fact(Timeout = 60_000)]
    public async Task H6_niceness_is_that_of_all_that_the_command_starts()
    {
        var job = await RunAsync("sh -c 'nice'", new() { Nice = 7 });
        Assert.Equal("7\n", ResultOf(job).Stdout);
    }

    private static void AssertEnded(Job job, string code)
    {
        Assert.Equal((JobState.Failed, code), (job.State, job.Outcome!.Error!.Code));
    }
}
