using System.Text;

namespace Errand.Commands.Tests;

/// <summary>What counts as progress in what a command writes.</summary>
public sealed class OutputProgressTests
{
    private readonly OutputProgress _progress = new(ProgressReader.Usual);

    [Theory]
    [InlineData("42%", 42, 100)]
    [InlineData("  42.5 %  done", 42.5, 100)]
    [InlineData("42,5 % fertig", 42.5, 100)]
    [InlineData("[ 42%] Building C object", 42, 100)]
    [InlineData("Receiving objects:  42% (420/1000), 1.2 MiB | 3.4 MiB/s", 42, 100)]
    [InlineData(" 42%|████▏     | 42/100 [00:01<00:02, 31.4it/s]", 42, 100)]
    [InlineData("███ 42%", 42, 100)]
    [InlineData("..10%..20%..30%", 30, 100)]
    [InlineData("42% of it, 7% of the rest", 42, 100)]
    [InlineData("progress=42%", 42, 100)]
    [InlineData("100% (CPU 12%)", 100, 100)]
    [InlineData("[3/10] Building foo", 3, 10)]
    [InlineData("3/10 files", 3, 10)]
    [InlineData("(3/10)", 3, 10)]
    [InlineData("Done with 3/10.", 3, 10)]
    [InlineData("[420 / 1,000] 3 actions running", 420, 1000)]
    [InlineData("4.2/10.5 MB", 4.2, 10.5)]
    [InlineData("step 3 of 10", 3, 10)]
    [InlineData("3 of 1,000,000 rows", 3, 1_000_000)]
    [InlineData("[2/5] RUN tests 7/9", 2, 5)]
    [InlineData("0/10", 0, 10)]
    [InlineData("\e[1m\e[32m3\e[0m/10\e[K done", 3, 10)]
    [InlineData("\e[32m42\e[0m%", 42, 100)]
    [InlineData("\e]0;title 7/8\a3/10", 3, 10)]
    public void L6_progress_is_read(string line, double current, double total)
    {
        Assert.True(Feed(line));
        Assert.Equal((current, total), (_progress.Latest!.Current, _progress.Latest.Total));
    }

    [Theory]
    [InlineData("11/20/2026")]
    [InlineData("on 3/10/26 at noon")]
    [InlineData("11/20 10:31:05 started")]
    [InlineData("1/0")]
    [InlineData("0/0")]
    [InlineData("11/10")]
    [InlineData("/usr/lib/3/10")]
    [InlineData("src/3/10")]
    [InlineData("v1/2")]
    [InlineData("1/2a")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("10.0.0.0/24")]
    [InlineData("1.2.3/4.5.6")]
    [InlineData("3 / 10")]
    [InlineData("142%")]
    [InlineData("-4%")]
    [InlineData("a%20b")]
    [InlineData("10%d")]
    [InlineData("v4.2%")]
    [InlineData("coverage: 87.5% of statements")]
    [InlineData("CPU: 12%")]
    [InlineData("0% packet loss")]
    [InlineData("some of 10")]
    [InlineData("3 off 10")]
    [InlineData("13of 20")]
    [InlineData("%")]
    [InlineData("/")]
    public void L6_what_only_looks_like_progress_is_none(string line)
    {
        Assert.True(Feed(line + "\n"));
        Assert.Equal(new JobProgress(0, null, line), _progress.Latest);
    }

    [Fact]
    public void L6_a_bar_that_is_written_over_is_followed_and_its_end_is_the_message()
    {
        foreach (int percent in Enumerable.Range(1, 100))
        {
            Assert.True(Feed($"\rLoading {percent}%"));
            Assert.Equal(new JobProgress(percent, 100, $"Loading {percent}%"), _progress.Latest);
        }
        Assert.False(Feed("\n"));
        Assert.True(Feed("Done.\r\n"));
        Assert.Equal(new JobProgress(100, 100, "Done."), _progress.Latest);
    }

    [Theory]
    [InlineData("\b\b\b\b")]
    [InlineData("\e[1G")]
    [InlineData("\e[2K\e[1G")]
    [InlineData("\e[A")]
    [InlineData("\e[3D")]
    public void L6_however_it_goes_back_it_writes_over(string back)
    {
        Feed($"Copying 41%{back}42%");
        Assert.Equal(new JobProgress(42, 100, "42%"), _progress.Latest);
    }

    [Fact]
    public void L6_a_new_phase_begins_anew()
    {
        Feed("10/10 fetched\n");
        Feed("1/4 built\n");
        Assert.Equal(new JobProgress(1, 4, "1/4 built"), _progress.Latest);
    }

    [Fact]
    public void L6_a_line_that_turns_out_to_be_something_else_takes_its_progress_back()
    {
        Feed("5/10 files\n");
        Feed("11/20");
        Assert.Equal(11, _progress.Latest!.Current);
        Feed("/2026");
        Assert.Equal(new JobProgress(5, 10, "11/20/2026"), _progress.Latest);
    }

    [Fact]
    public void L6_the_stream_that_spoke_last_counts()
    {
        _progress.Feed(OutputStream.Out, "1/10 out\n"u8);
        _progress.Feed(OutputStream.Err, "2/10 err"u8);
        Assert.Equal(new JobProgress(2, 10, "2/10 err"), _progress.Latest);
        _progress.Feed(OutputStream.Out, "3/10 out"u8);
        Assert.Equal(new JobProgress(3, 10, "3/10 out"), _progress.Latest);
        Assert.False(_progress.Feed(OutputStream.Err, "\n"u8));
    }

    [Theory]
    [InlineData("\e]9;4;1;42\a")]
    [InlineData("\e]9;4;1;42\e\\")]
    [InlineData("\e]9;4;1;7\a\e]9;4;2;42\a")]
    [InlineData("\e]9;4;1;42\a\e]9;4;2\a")]
    [InlineData("\e]9;4;1;42\a\e]9;4;4;0\a")]
    [InlineData("\e]9;4;0\a\e]9;4;4;42\a")]
    [InlineData("\e]9;4;1;42\a\e]0;a title\a\e]9;9;/folder\e\\")]
    public void L6_what_is_told_to_the_task_bar_goes_before_what_lines_say(string osc)
    {
        Feed($"{osc}7% in a line\n");
        Assert.Equal(new JobProgress(42, 100, "7% in a line"), _progress.Latest);
    }

    [Fact]
    public void L6_the_task_bar_may_only_say_that_work_goes_on_and_take_it_back()
    {
        Feed("7%\n\e]9;4;3\a");
        Assert.Equal(new JobProgress(0, null, "7%"), _progress.Latest);
        Feed("\e]9;4;0;0\a");
        Assert.Equal(new JobProgress(7, 100, "7%"), _progress.Latest);
    }

    [Fact]
    public void L6_an_escape_sequence_without_an_end_ends_with_its_line()
    {
        Feed("\e]9;4;1;42\n\e[31\nthe next line is 3/4\n");
        Assert.Equal(new JobProgress(3, 4, "the next line is 3/4"), _progress.Latest);
    }

    [Fact]
    public void L6_the_last_line_that_is_not_blank_is_the_message()
    {
        Feed("\e[1mCompiling\0 a.c\e[0m\u202E\n\n  \t \r\n\e[0m\n");
        Assert.Equal(new JobProgress(0, null, "Compiling a.c"), _progress.Latest);
    }

    [Fact]
    public void L6_a_long_line_is_shortened_and_no_character_is_halved()
    {
        Feed(string.Concat(Enumerable.Repeat("😀", 110)) + "\n");
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 99)) + "…", _progress.Latest!.Message);
        Feed(string.Concat(Enumerable.Repeat("😀", 1000)) + "5/9\n");
        Assert.Equal("…" + string.Concat(Enumerable.Repeat("😀", 98)) + "5/9", _progress.Latest.Message);
        Assert.Equal(5, _progress.Latest.Current);
    }

    [Fact]
    public void L6_the_number_that_a_cut_begins_with_is_not_read()
    {
        // Of a line that is longer than what is kept, the kept end begins with "3/10", which was "13/10…".
        Feed("1" + ("3/10" + new string('x', 508)).Insert(4, " ")[..512]);
        Assert.Null(_progress.Latest!.Total);
    }

    [Fact]
    public void B_36_what_is_no_text_does_no_harm()
    {
        byte[] bytes = new byte[1 << 20];
        new Random(4).NextBytes(bytes);
        foreach (var piece in bytes.Chunk(999)) _progress.Feed(OutputStream.Out, piece);
        _progress.Feed(OutputStream.Out, new byte[100_000]);
        _progress.Feed(OutputStream.Out, "\xFF\xFE\n3/4 files \xC3"u8);
        Assert.Equal((3, 4), (_progress.Latest!.Current, _progress.Latest.Total));
        Assert.All(_progress.Latest.Message!, c => Assert.False(char.IsControl(c)));
    }

    [Fact]
    public void B_36_ten_megabytes_without_a_newline_take_no_memory()
    {
        byte[] piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("all work and no play ", 3000)));
        _progress.Feed(OutputStream.Out, piece);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 160; i++) _progress.Feed(OutputStream.Out, piece);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 160 * 2048);
        Feed("\r99%");
        Assert.Equal(new JobProgress(99, 100, "99%"), _progress.Latest);
    }

    private bool Feed(string text) => _progress.Feed(OutputStream.Out, Encoding.UTF8.GetBytes(text));
}
