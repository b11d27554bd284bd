namespace Errand.Commands.Tests;

/// <summary>What commands come to, as JSON and as a value.</summary>
public sealed class CommandResultTests
{
    [Fact]
    public void L3_what_is_unknown_is_absent() => Assert.Equal(
        """{"stdout":"a\n","stderr":"","exitCode":0}""",
        JobData.From(new CommandResult { Stdout = "a\n" }, CommandJson.Plain.CommandResult).ToString());

    [Fact]
    public void L3_all_of_a_result_is_written_and_read()
    {
        var result = new CommandResult
        {
            Stdout = "ä", Stderr = "e", ExitCode = 137, Signal = "SIGKILL", CpuTime = TimeSpan.FromMilliseconds(1234.9), PeakMemoryBytes = 1 << 30,
            WallTime = TimeSpan.FromSeconds(2), Leftovers = ["sleep", "node"],
        };
        var data = JobData.From(result, CommandJson.Plain.CommandResult);
        Assert.Equal(
            """{"stdout":"ä","stderr":"e","exitCode":137,"signal":"SIGKILL","cpuTimeMs":1234,"peakMemoryBytes":1073741824,"wallTimeMs":2000,""" +
            "\"leftovers\":[\"sleep\",\"node\"]}",
            data.ToString());
        var read = JobOutcome.Completed(data).CommandResult()!;
        Assert.Equal((137, "SIGKILL"), (read.ExitCode, read.Signal));
        Assert.Equal((TimeSpan.FromMilliseconds(1234), TimeSpan.FromSeconds(2)), (read.CpuTime, read.WallTime));
        Assert.Equal(["sleep", "node"], read.Leftovers!);
    }

    [Fact]
    public void L3_a_result_of_a_newer_version_is_read_too()
    {
        var data = JobData.Parse("""{"stdout":"a","stderr":"b","exitCode":1,"later":[1],"cpuTimeMs":null}""");
        var result = JobOutcome.Completed(data).CommandResult()!;
        Assert.Equal(("a", "b", 1, null), (result.Stdout, result.Stderr, result.ExitCode, result.CpuTime));
    }

    [Fact]
    public void L3_what_was_not_started_has_no_result()
    {
        Assert.Null(JobOutcome.Cancelled.CommandResult());
        Assert.Null(JobOutcome.Failed(new("start_failed", "x")).CommandResult());
        Assert.Null(JobOutcome.Completed(JobData.Parse("[]")).CommandResult());
    }
}
