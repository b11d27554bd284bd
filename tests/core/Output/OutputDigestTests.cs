using System.Text;
using System.Text.RegularExpressions;

namespace Errand.Tests.Output;

public sealed partial class OutputDigestTests
{
    [Fact]
    public async Task A_log_that_fits_is_shown_whole()
    {
        await using var log = OutputSamples.LogOf("one\ntwo\nthree");
        var digest = await log.DigestAsync(OutputSamples.Job, 1000, cancellationToken: OutputSamples.Token);
        Assert.Equal("one\ntwo\nthree", digest.Text);
        Assert.Equal((1, 0, 13, 0, 0L), (digest.Attempt, digest.Offset, digest.NextOffset, digest.LeftOutBytes, digest.LeftOutLines));
    }

    [Fact]
    public async Task The_digest_of_nothing_is_empty()
    {
        await using var log = new MemoryOutputLog();
        Assert.Equal(new OutputDigest(0, ""), await log.DigestAsync(OutputSamples.Job, 1000, cancellationToken: OutputSamples.Token));
    }

    [Fact]
    public async Task E2_a_digest_stays_within_its_budget_and_says_what_it_left_out()
    {
        var random = OutputSamples.Chance();
        for (int round = 0; round < 30; round++)
        {
            int count = random.Next(1, 1500);
            var lines = Enumerable.Range(0, count).Select(i => $"{i} {new string('ü', random.Next(random.Next(10) == 0 ? 900 : 40))}\n");
            string text = string.Concat(lines);
            await using var log = OutputSamples.LogOf(text, round % 2 == 0 ? random : null);
            int budget = random.Next(OutputDigest.SmallestBudget, 8192);
            var digest = await log.DigestAsync(OutputSamples.Job, budget, cancellationToken: OutputSamples.Token);
            Assert.InRange(Encoding.UTF8.GetByteCount(digest.Text), 0, budget);
            Assert.DoesNotContain('\ufffd', digest.Text);
            Assert.Equal(OutputSamples.Utf8(text).Length, digest.NextOffset);
            var note = NotePattern().Match(digest.Text);
            Assert.Equal(digest.LeftOutBytes > 0, note.Success);
            if (!note.Success)
            {
                Assert.Equal(text, digest.Text);
                continue;
            }
            string head = digest.Text[..note.Index], tail = digest.Text[(note.Index + note.Length)..];
            Assert.EndsWith(tail, text, StringComparison.Ordinal);
            Assert.True(text.StartsWith(head, StringComparison.Ordinal) || text.StartsWith(head.TrimEnd('\n'), StringComparison.Ordinal));
            string left = text[Start(text, head).Length..^tail.Length];
            Assert.Equal(digest.LeftOutBytes, Encoding.UTF8.GetByteCount(left));
            Assert.Equal(digest.LeftOutLines, left.Count(c => c == '\n'));
        }
    }

    [Fact]
    public async Task E3_a_digest_says_what_the_cap_has_dropped()
    {
        await using var log = new MemoryOutputLog(new() { MaxBytes = 4096, HeadBytes = 1024 });
        await using var writer = log.Open(OutputSamples.Job, 1);
        for (int i = 0; i < 2000; i++) writer.Write($"line {i:0000}\n");
        long dropped = (await log.ReadAsync(OutputSamples.Job, new(), OutputSamples.Token)).Dropped;
        var whole = await log.DigestAsync(OutputSamples.Job, 8192, cancellationToken: OutputSamples.Token);
        Assert.Contains($"… {dropped:N0} bytes were dropped here …", whole.Text, StringComparison.Ordinal);
        Assert.Equal(dropped, whole.Dropped);
        var small = await log.DigestAsync(OutputSamples.Job, 300, cancellationToken: OutputSamples.Token);
        Assert.Contains($", {dropped:N0} of them dropped for good …", small.Text, StringComparison.Ordinal);
        Assert.StartsWith("line 0000\n", small.Text, StringComparison.Ordinal);
        Assert.EndsWith("line 1999\n", small.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_36_a_digest_of_escapes_bars_and_a_line_without_end_is_bounded_text()
    {
        var text = new StringBuilder("start\n");
        for (int i = 0; i < 50_000; i++) text.Append($"\e[2K\e[31m{i / 500}%\e[0m\r");
        text.Append('\n').Append('x', 2_000_000).Append("\nlast line\n");
        await using var log = OutputSamples.LogOf(text.ToString());
        var digest = await log.DigestAsync(OutputSamples.Job, 2000, new() { StripEscapes = true }, OutputSamples.Token);
        Assert.StartsWith("start\n", digest.Text, StringComparison.Ordinal);
        Assert.EndsWith("xxx\nlast line\n", digest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', digest.Text);
        Assert.InRange(Encoding.UTF8.GetByteCount(digest.Text), 100, 2000);
    }

    [Fact]
    public async Task E2_deltas_show_each_line_once_and_go_on_with_the_next_attempt()
    {
        await using var log = new MemoryOutputLog();
        await using var first = log.Open(OutputSamples.Job, 1);
        first.Write("one\n");
        var delta = await log.DeltaAsync(OutputSamples.Job, null, 1000, cancellationToken: OutputSamples.Token);
        Assert.Equal(("one\n", "1:4"), (delta.Text, delta.Cursor.ToString()));
        delta = await log.DeltaAsync(OutputSamples.Job, delta.Cursor, 1000, cancellationToken: OutputSamples.Token);
        Assert.Equal(("", "1:4"), (delta.Text, delta.Cursor.ToString()));
        first.Write("two\n");
        await using var second = log.Open(OutputSamples.Job, 3);
        second.Write("again\n");
        delta = await log.DeltaAsync(OutputSamples.Job, delta.Cursor, 1000, cancellationToken: OutputSamples.Token);
        Assert.Equal(("two\n", "1:8"), (delta.Text, delta.Cursor.ToString()));
        delta = await log.DeltaAsync(OutputSamples.Job, delta.Cursor, 1000, cancellationToken: OutputSamples.Token);
        Assert.Equal(("again\n", "3:6"), (delta.Text, delta.Cursor.ToString()));
    }

    [Fact]
    public void A_cursor_is_read_from_its_text()
    {
        Assert.True(OutputCursor.TryParse("2:4711", out var cursor));
        Assert.Equal(new OutputCursor(2, 4711), cursor);
        Assert.Equal("2:4711", cursor.ToString());
        Assert.All((string[])["", ":", "0:1", "1:", "1:-1", "a:1", "1 :1"], text => Assert.False(OutputCursor.TryParse(text, out _)));
    }

    private static string Start(string text, string head) => text.StartsWith(head, StringComparison.Ordinal) ? head : head.TrimEnd('\n');

    [GeneratedRegex(@"… [\d,]+ bytes \([\d,]+ lines\) left out …\n")]
    private static partial Regex NotePattern();
}
