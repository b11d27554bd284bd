namespace Errand.Tests.Output;

public sealed class OutputTailTests
{
    [Fact]
    public async Task E2_the_tail_is_the_last_lines()
    {
        var random = OutputSamples.Chance();
        string[] lines = [.. Enumerable.Range(0, 20_000).Select(i => $"line {i} {new string('x', random.Next(60))}")];
        await using var log = OutputSamples.LogOf(string.Join('\n', lines));
        foreach (int count in (int[])[1, 2, 100, 5000, 19_999, 20_000, 30_000])
        {
            var tail = await log.TailAsync(OutputSamples.Job, count, cancellationToken: OutputSamples.Token);
            Assert.Equal(lines.TakeLast(count), tail.Lines.Select(line => line.Text));
            Assert.Equal(tail.Lines[^1].NextOffset, tail.NextOffset);
        }
    }

    [Fact]
    public async Task E2_the_tail_of_one_stream_looks_past_the_other()
    {
        await using var log = new MemoryOutputLog();
        await using var writer = log.Open(OutputSamples.Job, 1);
        writer.Write("one\ntwo\nthree\n", OutputStream.Err);
        for (int i = 0; i < 2000; i++) writer.Write($"a line of the other stream {i}\n");
        var tail = await log.TailAsync(OutputSamples.Job, 2, new() { Stream = OutputStream.Err }, OutputSamples.Token);
        Assert.Equal(["two", "three"], tail.Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task The_tail_of_nothing_is_empty()
    {
        await using var log = new MemoryOutputLog();
        var tail = await log.TailAsync(OutputSamples.Job, 5, cancellationToken: OutputSamples.Token);
        Assert.Equal((0, 0), (tail.Attempt, tail.Lines.Count));
    }

    [Fact]
    public async Task B_36_the_tail_of_a_line_without_end_is_its_last_pieces()
    {
        await using var log = OutputSamples.LogOf(new string('x', 10_000_000) + "end");
        var tail = await log.TailAsync(OutputSamples.Job, 2, cancellationToken: OutputSamples.Token);
        Assert.EndsWith("end", tail.Lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(2, tail.Lines.Count);
    }
}
