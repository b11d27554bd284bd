using Xunit;

namespace Errand.Testing.Conformance;

// The cap: the start and the end stay, offsets stay true, and what is missing is said.
public abstract partial class OutputLogConformance
{
    [Theory]
    [InlineData(1, 8000)]
    [InlineData(1, 60)]
    [InlineData(200_000, 400_000)]
    [InlineData(1, 2)]
    public async Task A_capped_log_keeps_its_start_and_its_end(int least, int most)
    {
        var random = Chance();
        var log = await LogAsync();
        var writer = log.Open(_job, 1);
        long length = most > 100 ? 1 << 20 : 5000 * most;
        long written = 0;
        while (written < length)
        {
            int piece = random.Next(least, most);
            writer.Write(random.Next(2) == 0 ? OutputStream.Out : OutputStream.Err, TellingBytes.From(written, piece));
            written += piece;
            if (random.Next(40) > 0) continue;
            // Going on after a crash must leave the hole where it is.
            await writer.DisposeAsync();
            writer = (await SecondAsync(log)).Open(_job, 1);
        }
        long dropped = await CheckGapAsync(log, written);
        Assert.Equal(new OutputSummary(written, dropped, null), await writer.CompleteAsync(Token));
        await writer.DisposeAsync();
        await CheckGapAsync(await SecondAsync(log), written);
    }

    [Fact]
    public async Task A_read_that_starts_in_the_gap_jumps_over_it_and_says_how_far()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        for (int i = 0; i < 200; i++) writer.Write(OutputStream.Out, TellingBytes.From(i * 1000, 1000));
        var head = await log.ReadAsync(_job, new() { Offset = 16_000 }, Token);
        Assert.Equal((16_000, 16 * 1024, 0), (head.Offset, head.NextOffset, head.Skipped));
        var tail = await log.ReadAsync(_job, new() { Offset = head.NextOffset }, Token);
        Assert.Equal(head.Dropped, tail.Skipped);
        Assert.Equal(tail.Dropped, tail.Offset - head.NextOffset);
        var within = await log.ReadAsync(_job, new() { Offset = 20_000 }, Token);
        Assert.Equal((tail.Offset, tail.Offset - 20_000), (within.Offset, within.Skipped));
        TellingBytes.Assert(within.Chunks[0]);
        Assert.True(await log.WaitAsync(_job, 1, 20_000, Token));
    }

    [Fact]
    public async Task A_head_of_nothing_keeps_the_end_only()
    {
        var log = await LogAsync(Small with { HeadBytes = 0 });
        await using var writer = log.Open(_job, 1);
        for (int i = 0; i < 200; i++) writer.Write(OutputStream.Err, TellingBytes.From(i * 1000, 1000));
        var slice = await log.ReadAsync(_job, new(), Token);
        Assert.Equal(slice.Dropped, slice.Skipped);
        Assert.InRange(slice.End - slice.Offset, 50_000, 64 * 1024);
        TellingBytes.Assert(slice.Chunks[0]);
    }

    /// <summary>Checks that the log is a head, one gap and a tail, and as large as it may be.</summary>
    /// <returns>How large the gap is.</returns>
    private async Task<long> CheckGapAsync(IOutputLog log, long written)
    {
        long offset = 0, gap = 0, kept = 0;
        int gaps = 0;
        await foreach (var chunk in log.ChunksAsync(_job, new() { MaxBytes = 5000 }))
        {
            TellingBytes.Assert(chunk);
            if (chunk.Offset > offset)
            {
                gaps++;
                gap = chunk.Offset - offset;
                Assert.InRange(offset, 1, Small.HeadBytes);
            }
            kept += chunk.Bytes.Length;
            offset = chunk.Offset + chunk.Bytes.Length;
        }
        Assert.Equal((1, written), (gaps, offset));
        Assert.Equal(written, kept + gap);
        Assert.InRange(kept, 1, Small.MaxBytes);
        Assert.Equal(gap, (await log.ReadAsync(_job, new(), Token)).Dropped);
        return gap;
    }
}
