using System.Text;

namespace Errand.Tests.Output;

public sealed class OutputLineTests
{
    [Fact]
    public async Task E6_a_line_has_its_stream_its_offset_and_the_time_it_began()
    {
        var clock = new ManualClock();
        await using var log = new MemoryOutputLog(time: clock);
        await using var writer = log.Open(OutputSamples.Job, 1);
        var start = clock.Now;
        writer.Write("one");
        clock.Advance(10);
        writer.Write("oops\n", OutputStream.Err);
        clock.Advance(10);
        writer.Write(" and on\ntwo\nthree");
        var lines = await log.LinesAsync();
        Assert.Equal(
            [
                new(start.AddMilliseconds(10), OutputStream.Err, 3, "oops") { NextOffset = 8, IsEnded = true },
                new(start, OutputStream.Out, 0, "one and on") { NextOffset = 16, IsEnded = true },
                new(start.AddMilliseconds(20), OutputStream.Out, 16, "two") { NextOffset = 20, IsEnded = true },
                new(start.AddMilliseconds(20), OutputStream.Out, 20, "three") { NextOffset = 25 },
            ],
            lines);
    }

    [Fact]
    public async Task Lines_are_the_same_however_the_bytes_came()
    {
        var random = OutputSamples.Chance();
        for (int round = 0; round < 50; round++)
        {
            string[] first = Texts(random), second = Texts(random);
            await using var log = OutputSamples.LogOf(Joined(first), Joined(second), random);
            var lines = await log.LinesAsync();
            Assert.Equal(first, Shown(lines, OutputStream.Out));
            Assert.Equal(second, Shown(lines, OutputStream.Err));
            Assert.All(lines, line => Assert.True(line.NextOffset > line.Offset));
        }
    }

    [Fact]
    public async Task B_36_bytes_that_are_not_utf8_show_as_replacements_and_nul_stays()
    {
        byte[] bytes = [.. "a\0b "u8, 0xff, 0xfe, .. " ü "u8, 0xc3, (byte)'\n', 0xe2, 0x82, (byte)'\n', .. "end"u8, 0xf0, 0x9f];
        await using var log = OutputSamples.LogOf(bytes, [], OutputSamples.Chance());
        Assert.Equal(["a\0b \ufffd\ufffd ü \ufffd", "\ufffd", "end\ufffd"], await log.TextsAsync());
    }

    [Fact]
    public async Task B_36_a_line_of_10_MB_comes_in_pieces_of_whole_characters()
    {
        string text = string.Concat(Enumerable.Repeat("aü€🦊", 1_000_000));
        await using var log = OutputSamples.LogOf(text + "\nnext\n");
        var whole = new StringBuilder();
        var lines = await log.LinesAsync(new() { MaxLineBytes = 1001 });
        foreach (var line in lines.SkipLast(1))
        {
            Assert.InRange(Encoding.UTF8.GetByteCount(line.Text), 1, 1001);
            Assert.DoesNotContain('\ufffd', line.Text);
            Assert.Equal(whole.Length > 0, line.IsContinued);
            Assert.Equal(Encoding.UTF8.GetByteCount(line.Text), line.NextOffset - line.Offset - (line.IsEnded ? 1 : 0));
            whole.Append(line.Text);
        }
        Assert.Equal(text, whole.ToString());
        Assert.True(lines[^2].IsEnded);
        Assert.Equal(("next", false), (lines[^1].Text, lines[^1].IsContinued));
    }

    [Fact]
    public async Task B_36_a_progress_bar_shows_what_it_came_to()
    {
        const string Text = "get\r\n 10%\r 50%\r100%\ndone\r\n\r\r\nlast 1\rlast 2\r";
        await using var log = OutputSamples.LogOf(Text, OutputSamples.Chance());
        Assert.Equal(["get", "100%", "done", "", "last 2"], await log.TextsAsync());
        Assert.Equal(["get", " 10%\r 50%\r100%", "done", "\r", "last 1\rlast 2\r"], await log.TextsAsync(new() { CollapseProgress = false }));
    }

    [Fact]
    public async Task A_view_from_within_a_line_says_that_its_start_is_missing()
    {
        await using var log = OutputSamples.LogOf("one\nt€wo\nthree");
        var lines = await log.LinesAsync(new() { Offset = 6 });
        Assert.Equal([("wo", true), ("three", false)], lines.Select(line => (line.Text, line.IsContinued)));
        lines = await log.LinesAsync(new() { Offset = 4 });
        Assert.Equal([("t€wo", false), ("three", false)], lines.Select(line => (line.Text, line.IsContinued)));
        lines = await log.LinesAsync(new() { Offset = -5 });
        Assert.Equal(["three"], lines.Select(line => line.Text));
    }

    [Fact]
    public async Task A_gap_ends_the_line_before_it()
    {
        await using var log = new MemoryOutputLog(new() { MaxBytes = 4096, HeadBytes = 1024 });
        await using var writer = log.Open(OutputSamples.Job, 1);
        for (int i = 0; i < 2000; i += 5) writer.Write(string.Concat(Enumerable.Range(i, 5).Select(n => $"line {n:0000}: {new string('é', 40)}\n")));
        var lines = await log.LinesAsync();
        var cut = lines.Where(line => !line.IsEnded || line.IsContinued).ToList();
        Assert.Equal([(false, false), (true, true)], cut.Select(line => (line.IsEnded, line.IsContinued)));
        Assert.All(lines, line => Assert.DoesNotContain('\ufffd', line.IsEnded ? line.Text : ""));
        Assert.StartsWith("line 0000", lines[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("line 1999", lines[^1].Text, StringComparison.Ordinal);
    }

    private static byte[] Joined(string[] lines) => OutputSamples.Utf8(string.Join('\n', lines));

    private static string[] Texts(Random random)
    {
        string[] words = ["", "x", "grün", "日本語", "🦊🦊", "a rather long line with words", "\t", "\0"];
        return [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => words[random.Next(words.Length)] + words[random.Next(words.Length)]), "end"];
    }

    private static IEnumerable<string> Shown(List<OutputLine> lines, OutputStream stream) =>
        lines.Where(line => line.Stream == stream).Select(line => line.Text);
}
