using Errand.Testing.Conformance;

namespace Errand.Tests.Output;

public sealed class DeferredOutputWriterTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_call_that_is_answered_in_time_leaves_no_trace()
    {
        await using var log = new MemoryOutputLog();
        var writer = Deferred(log);
        writer.Write("never seen");
        Assert.Equal(10, writer.Bytes);
        await writer.DiscardAsync();
        writer.Write("nor this");
        writer.Promote();
        Assert.Empty(await log.ListAsync(default, 1, OutputSamples.Token));
    }

    [Fact]
    public async Task B_04_what_was_written_before_the_hand_over_is_in_the_log_with_its_times()
    {
        await using var log = new MemoryOutputLog();
        await using var writer = Deferred(log);
        var start = _clock.Now;
        writer.Write("one ");
        _clock.Advance(10);
        writer.Write("two ", OutputStream.Err);
        _clock.Advance(10);
        writer.Promote();
        writer.Write("three");
        var slice = await log.ReadAsync(OutputSamples.Job, new(), OutputSamples.Token);
        Assert.Equal(
            [(start, OutputStream.Out, 0L), (start.AddMilliseconds(10), OutputStream.Err, 4L), (start.AddMilliseconds(20), OutputStream.Out, 8L)],
            slice.Chunks.Select(chunk => (chunk.At, chunk.Stream, chunk.Offset)));
        Assert.Equal("one two three", await log.TextAsync());
        Assert.Equal(13, (await writer.CompleteAsync(OutputSamples.Token)).Bytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_is_held_in_memory_is_neither_lost_nor_left_behind(bool promoted)
    {
        await using var log = new MemoryOutputLog();
        await using var writer = Deferred(log);
        for (int i = 0; i < 300; i++)
        {
            writer.Write((OutputStream)(i % 2), TellingBytes.From(i * 10_000, 10_000));
            if (i % 7 == 0) _clock.Advance(1);
        }
        Assert.Equal(3_000_000, writer.Bytes);
        if (promoted) writer.Promote();
        var summary = await writer.CompleteAsync(OutputSamples.Token);
        Assert.Equal(3_000_000, summary.Bytes);
        long seen = 0;
        await foreach (var chunk in log.ChunksAsync(OutputSamples.Job))
        {
            TellingBytes.Assert(chunk);
            seen += chunk.Bytes.Length;
        }
        Assert.Equal(promoted ? 3_000_000 : 0, seen);
        Assert.Equal(promoted ? 1 : 0, (await log.ListAsync(default, 5, OutputSamples.Token)).Count);
    }

    [Fact]
    public async Task What_threads_write_while_the_call_is_handed_over_is_all_there()
    {
        await using var log = new MemoryOutputLog();
        await using var writer = Deferred(log);
        using var started = new CountdownEvent(4);
        var threads = Enumerable.Range(0, 4).Select(thread => WorkScheduler.Default.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                writer.Write($"{thread} {i}\n");
                if (i == 500) started.Signal();
            }
            return Task.CompletedTask;
        })).ToList();
        started.Wait(OutputSamples.Token);
        writer.Promote();
        await Task.WhenAll(threads);
        var lines = (await log.TextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '));
        foreach (var thread in lines.GroupBy(line => line[0]))
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i}"), thread.Select(line => line[1]));
    }

    [Fact]
    public async Task A_job_that_writes_nothing_takes_nothing()
    {
        await using var log = new MemoryOutputLog();
        await using var writer = Deferred(log);
        writer.Promote();
        Assert.Equal(0, (await writer.CompleteAsync(OutputSamples.Token)).Bytes);
        Assert.Empty(await log.ListAsync(default, 1, OutputSamples.Token));
    }

    private DeferredOutputWriter Deferred(IOutputLog log) => new(log, OutputSamples.Job, 1, _clock);
}
