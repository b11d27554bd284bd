using System.Security.Cryptography;
using Xunit;

namespace Errand.Testing.Conformance;

// Writing: one writer at a time, going on where the last one stopped, and a proof at the end.
public abstract partial class OutputLogConformance
{
    private static readonly string EmptyChecksum = Convert.ToHexStringLower(SHA256.HashData([]));

    [Fact]
    public async Task A_later_writer_of_the_same_attempt_goes_on_at_its_end()
    {
        var log = await LogAsync();
        await using (var first = log.Open(_job, 1))
        {
            first.Write("one ");
            first.Write("err ", OutputStream.Err);
        }
        var second = await SecondAsync(log);
        await using var writer = second.Open(_job, 1);
        writer.Write("two");
        Assert.Equal("one err two", await log.ReadTextAsync(_job));
        Assert.Equal("one two", await log.ReadTextAsync(_job, new() { Stream = OutputStream.Out }));
        Assert.Equal(11, writer.Bytes);
        Assert.Equal(new OutputSummary(11, 0, Convert.ToHexStringLower(SHA256.HashData("one err two"u8))), await writer.CompleteAsync(Token));
    }

    [Fact]
    public async Task The_summary_of_an_ended_log_counts_it_and_proves_it()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        writer.Write("one");
        writer.Write("two", OutputStream.Err);
        var summary = await writer.CompleteAsync(Token);
        Assert.Equal(new OutputSummary(6, 0, Convert.ToHexStringLower(SHA256.HashData("onetwo"u8))), summary);
        Assert.Equal(summary, await writer.CompleteAsync(Token));
        writer.Write("late");
        Assert.Equal("onetwo", await log.ReadTextAsync(_job));
        Assert.True((await (await SecondAsync(log)).ReadAsync(_job, new(), Token)).Completed);
        Assert.Null(writer.Failure);
    }

    [Fact]
    public async Task A_log_without_a_byte_ends_without_a_trace()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        writer.Write(OutputStream.Out, []);
        Assert.Equal(new OutputSummary(0, 0, EmptyChecksum), await writer.CompleteAsync(Token));
        Assert.Empty(await log.ListAsync(default, 1, Token));
    }

    [Fact]
    public async Task An_ended_log_can_go_on_when_its_attempt_is_resumed()
    {
        var log = await LogAsync();
        await using (var first = log.Open(_job, 1))
        {
            first.Write("one ");
            await first.CompleteAsync(Token);
        }
        await using var writer = log.Open(_job, 1);
        writer.Write("two");
        Assert.Equal("one two", await log.ReadTextAsync(_job));
        Assert.False((await log.ReadAsync(_job, new(), Token)).Completed);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("one two"u8)), (await writer.CompleteAsync(Token)).Sha256);
    }

    [Fact]
    public async Task B_40_a_writer_that_wakes_after_another_went_on_adds_nothing()
    {
        var log = await LogAsync();
        await using var frozen = log.Open(_job, 1);
        frozen.Write("mine ");
        await using var heir = (await SecondAsync(log)).Open(_job, 1);
        heir.Write("the heir's");
        frozen.Write("again");
        Assert.Equal("mine the heir's", await log.ReadTextAsync(_job));
        Assert.NotNull(frozen.Failure);
        await frozen.CompleteAsync(Token);
        heir.Write(" and on");
        Assert.Equal("mine the heir's and on", await log.ReadTextAsync(_job));
        Assert.Equal(22, (await heir.CompleteAsync(Token)).Bytes);
    }

    [Fact]
    public async Task What_threads_write_at_once_stays_together()
    {
        var log = await LogAsync(Small with { MaxBytes = 16 << 20 });
        await using var writer = log.Open(_job, 1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Parallelly(() =>
        {
            var text = writer.Text(thread % 2 == 0 ? OutputStream.Out : OutputStream.Err);
            for (int i = 0; i < 500; i++) text.WriteLine(Line((char)('0' + thread), i));
        })));
        foreach (var stream in Enum.GetValues<OutputStream>())
        {
            string[] lines = (await log.ReadTextAsync(_job, new() { Stream = stream })).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            foreach (var thread in lines.GroupBy(line => line[0]))
                Assert.Equal(Enumerable.Range(0, 500).Select(i => Line(thread.Key, i)), thread);
        }

        static string Line(char thread, int i) => $"{thread}: {new string(thread, 1 + (i % 200))} {i}";
    }

    [Fact]
    public async Task A_text_writer_keeps_characters_whole()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        var text = writer.Text(OutputStream.Out);
        foreach (char c in "grün 🦊") text.Write(c);
        text.WriteLine();
        text.WriteLine("{0} and {1}", 1, 2);
        Assert.Equal("grün 🦊\n1 and 2\n", await log.ReadTextAsync(_job));
    }

    [Fact]
    public async Task Results_are_kept_beside_the_output_and_go_with_it()
    {
        var log = await LogAsync();
        var second = await SecondAsync(log);
        var large = JobData.Parse($"\"{new string('x', 3 << 20)}\"");
        Assert.True((await log.ReadResultAsync(_job, 1, Token)).IsNone);
        await log.WriteResultAsync(_job, 1, JobData.Parse("1"), Token);
        await log.WriteResultAsync(_job, 1, large, Token);
        await log.WriteResultAsync(_job, 2, JobData.Parse("2"), Token);
        Assert.Equal(large, await second.ReadResultAsync(_job, 1, Token));
        Assert.Equal("2", (await second.ReadResultAsync(_job, 2, Token)).ToString());
        Assert.Equal(0, await second.LastAttemptAsync(_job, Token));
        Assert.Equal([_job], await second.ListAsync(default, 5, Token));
        await second.DeleteAsync(_job, Token);
        Assert.True((await log.ReadResultAsync(_job, 1, Token)).IsNone);
    }

    [Fact]
    public async Task A_job_that_is_deleted_while_it_writes_leaves_nothing()
    {
        var log = await LogAsync();
        await using var writer = log.Open(_job, 1);
        writer.Write("here");
        await log.DeleteAsync(_job, Token);
        writer.Write("still here");
        Assert.Equal(new OutputSummary(4, 0, null), await writer.CompleteAsync(Token));
        Assert.Empty(await log.ListAsync(default, 5, Token));
    }

    private static Task Parallelly(Action work) => WorkScheduler.Default.Run(() =>
    {
        work();
        return Task.CompletedTask;
    });
}
