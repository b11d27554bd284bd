using Xunit;

namespace Errand.Testing.Conformance;

// Following: every byte once, whoever reads and wherever from.
public abstract partial class OutputLogConformance
{
    [Fact]
    public async Task A_wait_ends_when_there_is_something_past_the_offset()
    {
        var log = await LogAsync();
        var waiting = (await SecondAsync(log)).WaitAsync(_job, 1, 0, Token);
        Assert.False(waiting.IsCompleted);
        await using var writer = log.Open(_job, 1);
        writer.Write("one");
        Assert.True(await waiting);
        Assert.True(await log.WaitAsync(_job, 1, 2, Token));
        var further = log.WaitAsync(_job, 1, 3, Token);
        Assert.False(further.IsCompleted);
        writer.Write("x", OutputStream.Err);
        Assert.True(await further);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        var log = await LogAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = log.WaitAsync(_job, 1, 0, enough.Token);
        enough.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("deleted")]
    [InlineData("next attempt")]
    public async Task Whoever_waits_is_told_that_nothing_will_come(string why)
    {
        var log = await LogAsync();
        var second = await SecondAsync(log);
        await using var writer = log.Open(_job, 1);
        writer.Write("one");
        Task<bool>[] waiting = [log.WaitAsync(_job, 1, 3, Token).AsTask(), second.WaitAsync(_job, 1, 3, Token).AsTask()];
        await using var next = log.Open(_job, 2);
        switch (why)
        {
            case "completed":
                await writer.CompleteAsync(Token);
                break;
            case "deleted":
                await log.DeleteAsync(_job, Token);
                break;
            default:
                next.Write("two");
                break;
        }
        foreach (var wait in waiting) Assert.False(await wait);
        Assert.False(await log.WaitAsync(_job, 1, 3, Token));
    }

    [Fact]
    public async Task What_is_in_an_ended_log_is_still_given_to_whoever_waits()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        writer.Write("one");
        await writer.CompleteAsync(Token);
        Assert.True(await log.WaitAsync(_job, 1, 0, Token));
        Assert.False(await log.WaitAsync(_job, 1, 3, Token));
    }

    [Fact]
    public async Task Eight_followers_of_one_writer_see_each_byte_once()
    {
        var random = Chance();
        var log = await LogAsync(Small with { MaxBytes = 64 << 20, HeadBytes = 1 << 20 });
        var second = await SecondAsync(log);
        const int Length = 3 << 20;
        const int Start = 8000;
        await using var writer = log.Open(_job, 1);
        writer.Write(OutputStream.Out, TellingBytes.From(0, Start));
        var followers = Enumerable.Range(0, 8).Select(i => FollowAsync(i % 2 == 0 ? log : second, i * 1000, reconnects: i > 3)).ToList();
        for (int written = Start; written < Length;)
        {
            int length = Math.Min(Length - written, random.Next(10) == 0 ? random.Next(1, 100_000) : random.Next(1, 3000));
            writer.Write(random.Next(2) == 0 ? OutputStream.Out : OutputStream.Err, TellingBytes.From(written, length));
            written += length;
            if (random.Next(50) == 0) await Task.Yield();
        }
        await writer.CompleteAsync(Token);
        for (int i = 0; i < followers.Count; i++) Assert.Equal(Length - (i * 1000), await followers[i]);
    }

    [Fact]
    public async Task Followers_of_a_log_that_is_capped_see_true_bytes_and_gaps_only()
    {
        var random = Chance();
        var log = await LogAsync();
        var second = await SecondAsync(log);
        var followers = Enumerable.Range(0, 4).Select(i => FollowAsync(i % 2 == 0 ? log : second, 0, reconnects: i > 1, gaps: true)).ToList();
        await using var writer = log.Open(_job, 1);
        const int Length = 2 << 20;
        for (int written = 0; written < Length;)
        {
            int length = Math.Min(Length - written, random.Next(1, 8000));
            writer.Write(random.Next(2) == 0 ? OutputStream.Out : OutputStream.Err, TellingBytes.From(written, length));
            written += length;
        }
        await writer.CompleteAsync(Token);
        foreach (var follower in followers) Assert.InRange(await follower, 1, Length);
    }

    private async Task<long> FollowAsync(IOutputLog log, long offset, bool reconnects, bool gaps = false)
    {
        long seen = 0;
        while (true)
        {
            await foreach (var slice in log.FollowAsync(_job, 1, offset, cancellationToken: Token))
            {
                if (!gaps) Assert.Equal(0, slice.Skipped);
                Assert.Equal(offset + slice.Skipped, slice.Offset);
                foreach (var chunk in slice.Chunks)
                {
                    TellingBytes.Assert(chunk);
                    Assert.Equal(slice.Offset, chunk.Offset - slice.Chunks.TakeWhile(other => other != chunk).Sum(other => other.Bytes.Length));
                    seen += chunk.Bytes.Length;
                }
                offset = slice.NextOffset;
                if (reconnects) break;
            }
            if (!await log.WaitAsync(_job, 1, offset, Token)) return seen;
        }
    }
}
