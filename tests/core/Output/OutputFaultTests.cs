using Errand.Testing.Conformance;

namespace Errand.Tests.Output;

// Disks that fill up and break: the job goes on, and the log says what it lacks.
public sealed class OutputFaultTests
{
    private static readonly OutputOptions Small = new() { MaxBytes = 16 * 1024, HeadBytes = 4 * 1024 };
    private readonly FaultyDisk _disk = new(new MemoryDisk());

    [Fact]
    public async Task A_full_disk_loses_output_but_not_the_job_and_the_log_says_so()
    {
        await using var log = new MemoryOutputLog(_disk, null, null);
        await using var writer = log.Open(OutputSamples.Job, 1);
        writer.Write("before ");
        _disk.IsBroken = () => true;
        writer.Write("lost ");
        writer.Write("lost too ", OutputStream.Err);
        Assert.Equal(21, writer.Bytes);
        Assert.Contains("could not be written: No space left on device.", writer.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal("before ", await log.TextAsync());
        _disk.IsBroken = () => false;
        writer.Write("after");
        var slice = await log.ReadAsync(OutputSamples.Job, new() { Offset = 7 }, OutputSamples.Token);
        Assert.Equal((21, 14, 26, 14), (slice.Offset, slice.Skipped, slice.End, slice.Dropped));
        Assert.Equal("after"u8, slice.Chunks[0].Bytes.Span);
        Assert.Equal(new OutputSummary(26, 14, null), await writer.CompleteAsync(OutputSamples.Token));
    }

    [Fact]
    public async Task A_disk_that_stays_full_is_told_in_the_summary()
    {
        await using var log = new MemoryOutputLog(_disk, null, null);
        await using var writer = log.Open(OutputSamples.Job, 1);
        writer.Write("before ");
        _disk.IsBroken = () => true;
        writer.Write("lost");
        Assert.Equal(new OutputSummary(11, 4, null), await writer.CompleteAsync(OutputSamples.Token));
        await using var next = log.Open(OutputSamples.Job, 2);
        next.Write("all lost");
        Assert.Equal(new OutputSummary(8, 8, null), await next.CompleteAsync(OutputSamples.Token));
    }

    [Fact]
    public async Task A_gap_at_the_end_stays_when_the_attempt_goes_on()
    {
        await using var log = new MemoryOutputLog(_disk, null, null);
        await using var writer = log.Open(OutputSamples.Job, 1);
        writer.Write("before ");
        _disk.IsBroken = () => true;
        writer.Write("lost ");
        _disk.IsBroken = () => false;
        Assert.Equal(new OutputSummary(12, 5, null), await writer.CompleteAsync(OutputSamples.Token));
        await using var heir = log.Open(OutputSamples.Job, 1);
        heir.Write("after");
        var slice = await log.ReadAsync(OutputSamples.Job, new() { Offset = 7 }, OutputSamples.Token);
        Assert.Equal((12, 17, 5), (slice.Offset, slice.End, slice.Dropped));
    }

    [Fact]
    public async Task A_result_that_cannot_be_kept_is_refused()
    {
        await using var log = new MemoryOutputLog(_disk, null, null);
        _disk.IsBroken = () => true;
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await log.WriteResultAsync(OutputSamples.Job, 1, JobData.Parse("1"), OutputSamples.Token));
        Assert.Contains("No space left", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_files_cannot_have_holes_the_start_is_kept_and_the_rest_is_counted()
    {
        _disk.CanPunch = false;
        await using var log = new MemoryOutputLog(_disk, Small, null);
        await using var writer = log.Open(OutputSamples.Job, 1);
        for (int i = 0; i < 100; i++) writer.Write(OutputStream.Out, TellingBytes.From(i * 1000, 1000));
        Assert.Equal(100_000, writer.Bytes);
        var slice = await log.ReadAsync(OutputSamples.Job, new(), OutputSamples.Token);
        Assert.InRange(slice.End, Small.MaxBytes - 2000, Small.MaxBytes);
        Assert.All(slice.Chunks, TellingBytes.Assert);
        var summary = await writer.CompleteAsync(OutputSamples.Token);
        Assert.Equal(new OutputSummary(100_000, 100_000 - slice.End, null), summary);
        var end = await log.ReadAsync(OutputSamples.Job, new() { Offset = slice.End }, OutputSamples.Token);
        Assert.Equal((100_000, summary.Dropped, true), (end.NextOffset, end.Skipped, end.Completed));
    }

    [Fact]
    public async Task Bytes_that_are_dropped_while_they_are_read_are_a_gap_and_not_zeros()
    {
        await using var log = new MemoryOutputLog(_disk, Small, null);
        await using var writer = log.Open(OutputSamples.Job, 1);
        writer.Write(OutputStream.Out, TellingBytes.From(0, 10_000));
        int flooded = 0;
        _disk.BeforeStreamRead = () =>
        {
            if (flooded++ == 0) writer.Write(OutputStream.Out, TellingBytes.From(10_000, 30_000));
        };
        var slice = await log.ReadAsync(OutputSamples.Job, new() { Offset = 5000, MaxBytes = 2000 }, OutputSamples.Token);
        Assert.Equal((slice.Offset - 5000, 40_000), (slice.Skipped, slice.End));
        Assert.InRange(slice.Skipped, 20_000, 35_000);
        Assert.All(slice.Chunks, TellingBytes.Assert);
    }

    [Fact]
    public async Task Whatever_fails_what_a_log_shows_was_written_there()
    {
        var random = OutputSamples.Chance();
        for (int round = 0; round < 150; round++)
        {
            var disk = new FaultyDisk(new MemoryDisk()) { PartOf = length => random.Next(length + 1) };
            int faults = 0;
            disk.IsBroken = () => random.Next(6) == 0 && ++faults > 0;
            await using var log = new MemoryOutputLog(disk, Small, null);
            await using var writer = log.Open(OutputSamples.Job, 1);
            long written = 0;
            for (int i = 0; i < 80; i++)
            {
                int length = random.Next(1, 900);
                writer.Write((OutputStream)random.Next(2), TellingBytes.From(written, length));
                Assert.Equal(written += length, writer.Bytes);
                if (i % 10 == 0) await CheckAsync(log, written);
            }
            disk.IsBroken = () => false;
            var summary = await writer.CompleteAsync(OutputSamples.Token);
            long shown = await CheckAsync(log, written);
            Assert.Equal((written, written - shown), (summary.Bytes, summary.Dropped));
            Assert.Equal(summary.Dropped, (await log.ReadAsync(OutputSamples.Job, new(), OutputSamples.Token)).Dropped);
        }
    }

    [Fact]
    public async Task B_38_a_writer_that_dies_anywhere_leaves_a_log_that_goes_on()
    {
        var random = OutputSamples.Chance();
        for (int round = 0; round < 150; round++)
        {
            var memory = new MemoryDisk();
            long end = 0;
            for (int life = 0; life < 6; life++)
            {
                // From one write on nothing is written any more: that is where the process was killed.
                int left = random.Next(60);
                bool isDead = false;
                var disk = new FaultyDisk(memory) { PartOf = length => isDead ? 0 : random.Next(length + 1) };
                disk.IsBroken = () => isDead || left-- <= 0;
                await using var log = new MemoryOutputLog(disk, Small, null);
                await using var writer = log.Open(OutputSamples.Job, 1);
                while (!isDead)
                {
                    writer.Write((OutputStream)random.Next(2), TellingBytes.From(end, random.Next(1, 900)));
                    isDead = left < 0;
                    var slice = await log.ReadAsync(OutputSamples.Job, new() { Offset = long.MaxValue }, OutputSamples.Token);
                    Assert.True(slice.End >= end, $"What readers have seen up to {end} ends at {slice.End} now.");
                    end = slice.End;
                }
                end = await GoOnAsync(memory, end);
            }
        }
    }

    /// <summary>Resumes the attempt in a new life.</summary>
    /// <returns>Where its log ends, with the bytes that were written but had no place in it yet.</returns>
    private static async Task<long> GoOnAsync(MemoryDisk memory, long end)
    {
        await using var log = new MemoryOutputLog(memory, Small, null);
        await using var writer = log.Open(OutputSamples.Job, 1);
        await writer.CompleteAsync(OutputSamples.Token);
        var slice = await log.ReadAsync(OutputSamples.Job, new() { Offset = long.MaxValue }, OutputSamples.Token);
        Assert.True(slice.End >= end, $"What readers have seen up to {end} ends at {slice.End} after a restart.");
        await CheckAsync(log, slice.End);
        return slice.End;
    }

    private static async Task<long> CheckAsync(IOutputLog log, long written)
    {
        long shown = 0;
        await foreach (var chunk in log.ChunksAsync(OutputSamples.Job))
        {
            TellingBytes.Assert(chunk);
            shown += chunk.Bytes.Length;
            Assert.True(chunk.Offset + chunk.Bytes.Length <= written);
        }
        return shown;
    }
}
