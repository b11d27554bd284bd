using Microsoft.Extensions.Logging;

namespace Errand.Tests.Output;

public sealed class JobLoggerTests
{
    [Fact]
    public async Task E7_log_lines_are_output_of_the_second_stream()
    {
        await using var log = new MemoryOutputLog();
        await using var writer = log.Open(OutputSamples.Job, 1);
        var logger = new JobLogger(writer);
        logger.LogDebug("not shown");
        logger.LogInformation("Read {Count} rows", 3);
        logger.LogWarning(new InvalidOperationException("boom"), "Trouble");
        var lines = await log.LinesAsync();
        Assert.All(lines, line => Assert.Equal(OutputStream.Err, line.Stream));
        Assert.Equal(["info: Read 3 rows", "warn: Trouble", "System.InvalidOperationException: boom"], lines.Select(line => line.Text));
    }
}
