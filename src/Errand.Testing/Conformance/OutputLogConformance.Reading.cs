using System.Text;
using Xunit;

namespace Errand.Testing.Conformance;

// Reading: what was written, where it was written, from anywhere.
public abstract partial class OutputLogConformance
{
    [Fact]
    public async Task A_job_that_wrote_nothing_has_an_empty_log()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        var slice = await log.ReadAsync(_job, new(), Token);
        Assert.Equal(new OutputSlice(_job, 0, 0, 0, 0), slice with { Chunks = slice.Chunks });
        Assert.True(slice.AtEnd);
        Assert.Empty(slice.Chunks);
        Assert.Equal(0, await log.LastAttemptAsync(_job, Token));
        Assert.Empty(await log.ListAsync(default, 10, Token));
    }

    [Fact]
    public async Task What_is_written_is_there_at_once_with_its_stream_offset_and_time()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        writer.Write("one\n");
        _clock.Step(5);
        writer.Write("oops\n", OutputStream.Err);
        _clock.Step(5);
        writer.Write("two\n");
        var slice = await (await SecondAsync(log)).ReadAsync(_job, new(), Token);
        Assert.Equal((1, 0, 13, 13, false), (slice.Attempt, slice.Offset, slice.NextOffset, slice.End, slice.Completed));
        Assert.Equal(
            [(0, OutputStream.Out, 0L, "one\n"), (5, OutputStream.Err, 4L, "oops\n"), (10, OutputStream.Out, 9L, "two\n")],
            slice.Chunks.Select(chunk =>
                ((int)(chunk.At - SteppingClock.Start).TotalMilliseconds, chunk.Stream, chunk.Offset, Encoding.UTF8.GetString(chunk.Bytes.Span))));
        Assert.Equal(13, writer.Bytes);
    }

    [Fact]
    public async Task A_negative_offset_counts_from_the_end_and_one_past_the_end_means_the_end()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        writer.Write("0123456789");
        Assert.Equal("789", await log.ReadTextAsync(_job, new() { Offset = -3 }));
        Assert.Equal("0123456789", await log.ReadTextAsync(_job, new() { Offset = -30 }));
        var slice = await log.ReadAsync(_job, new() { Offset = long.MaxValue }, Token);
        Assert.Equal((10, 10, 10), (slice.Offset, slice.NextOffset, slice.End));
        Assert.Empty(slice.Chunks);
    }

    [Fact]
    public async Task Each_attempt_has_a_log_of_its_own_and_the_last_is_read_by_default()
    {
        var log = await LogAsync();
        foreach (int attempt in (int[])[1, 2, 10])
        {
            await using var writer = log.Open(_job, attempt);
            writer.Write($"attempt {attempt}");
        }
        Assert.Equal(10, await log.LastAttemptAsync(_job, Token));
        Assert.Equal("attempt 10", await log.ReadTextAsync(_job));
        Assert.Equal("attempt 2", await log.ReadTextAsync(_job, new() { Attempt = 2 }));
        Assert.Equal(0, (await log.ReadAsync(_job, new() { Attempt = 3 }, Token)).Attempt);
    }

    [Fact]
    public async Task Reads_of_any_size_from_anywhere_give_the_bytes_that_were_written()
    {
        var random = Chance();
        var log = await LogAsync(Small with { MaxBytes = 8 << 20, HeadBytes = 1 << 20 });
        var streams = new List<OutputStream>();
        await using var writer = log.Open(_job, 1);
        for (int i = 0; i < 600; i++)
        {
            int length = random.Next(4) == 0 ? random.Next(1, 3000) : random.Next(1, 20);
            var stream = random.Next(3) == 0 ? OutputStream.Err : OutputStream.Out;
            writer.Write(stream, TellingBytes.From(streams.Count, length));
            streams.AddRange(Enumerable.Repeat(stream, length));
            if (random.Next(3) == 0) _clock.Step(1);
        }
        var second = await SecondAsync(log);
        for (int i = 0; i < 40; i++)
        {
            var only = (OutputStream?)(random.Next(3) switch { 0 => OutputStream.Out, 1 => OutputStream.Err, _ => null });
            long offset = random.Next(streams.Count + 1);
            int size = random.Next(2) == 0 ? random.Next(100, 300) : random.Next(1000, 200_000);
            var range = new OutputRange { Offset = offset, MaxBytes = size, Stream = only };
            long seen = 0;
            await foreach (var chunk in second.ChunksAsync(_job, range))
            {
                TellingBytes.Assert(chunk);
                Assert.Equal(-1, streams.FindIndex((int)chunk.Offset, chunk.Bytes.Length, stream => stream != chunk.Stream));
                seen += chunk.Bytes.Length;
            }
            Assert.Equal(streams.Skip((int)offset).LongCount(stream => only is null || stream == only), seen);
        }
    }

    [Fact]
    public async Task A_read_gives_no_more_than_was_asked_for()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        for (int i = 0; i < 10; i++) writer.Write("0123456789");
        var slice = await log.ReadAsync(_job, new() { Offset = 5, MaxBytes = 33 }, Token);
        Assert.Equal(33, slice.Chunks.Sum(chunk => chunk.Bytes.Length));
        Assert.Equal((5, 38, 100), (slice.Offset, slice.NextOffset, slice.End));
        Assert.Single((await log.ReadAsync(_job, new() { Offset = 99, MaxBytes = 1 }, Token)).Chunks);
    }

    [Fact]
    public async Task Jobs_are_listed_by_id_page_by_page_and_gone_once_they_are_deleted()
    {
        var log = await LogAsync();
        var jobs = Enumerable.Range(0, 5).Select(i => JobId.New(SteppingClock.Start.AddMinutes(i))).ToList();
        foreach (var job in Enumerable.Reverse(jobs))
        {
            await using var writer = log.Open(job, 1);
            writer.Write("here");
        }
        Assert.Equal(jobs[..3], await log.ListAsync(default, 3, Token));
        Assert.Equal(jobs[3..], await log.ListAsync(jobs[2], 3, Token));
        await log.DeleteAsync(jobs[1], Token);
        Assert.Equal([jobs[0], jobs[2]], await log.ListAsync(default, 2, Token));
        Assert.Equal(0, (await log.ReadAsync(jobs[1], new(), Token)).Attempt);
        await log.DeleteAsync(jobs[1], Token);
    }
}
