using System.Security.Cryptography;
using Errand.Testing.Conformance;

namespace Errand.Tests.Output;

// Files that a process appends to itself.
public sealed class AdoptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JobId _job = OutputSamples.Job;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task B_38_what_a_process_writes_itself_is_in_the_log_up_to_where_the_writer_has_seen_it()
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        string folder = writer.CreateFolder();
        Assert.Equal((Path.Combine(_folder.Path, _job.ToString(), "1"), folder), (folder, writer.Folder));
        Append("out", "one ");
        Assert.Equal(4, writer.AdoptTo(OutputStream.Out, 4));
        Append("out", "two ");
        Append("err", "bad ");
        Assert.Equal(8, writer.AdoptTo(OutputStream.Err, 4));
        Assert.Equal(8, writer.AdoptTo(OutputStream.Err, 4));
        Assert.Equal(8, writer.AdoptTo(OutputStream.Out, 2));
        Assert.Equal(12, writer.AdoptTo(OutputStream.Out, 8));
        Assert.Equal("one bad two ", await log.TextAsync());
        Append("out", "three");
        var summary = await writer.CompleteAsync(OutputSamples.Token);
        Assert.Equal("one bad two three", await log.TextAsync());
        Assert.Equal(new OutputSummary(17, 0, Sha256("one bad two three")), summary);
    }

    [Fact]
    public async Task What_was_written_before_the_log_is_opened_is_in_it_too_and_its_checksum_is_known()
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        writer.CreateFolder();
        Append("out", "");
        Append("err", "");
        Append("out", "early ");
        writer.AdoptTo(OutputStream.Out, 6);
        Append("out", "late");
        Assert.Equal(new OutputSummary(10, 0, Sha256("early late")), await writer.CompleteAsync(OutputSamples.Token));
        await using var heir = log.Open(_job, 1);
        Append("out", "st");
        Assert.Equal(12, heir.AdoptTo(OutputStream.Out, 12));
        Assert.Equal(new OutputSummary(12, 0, Sha256("early latest")), await heir.CompleteAsync(OutputSamples.Token));
    }

    [Fact]
    public async Task An_attempt_that_has_written_nothing_has_no_log_though_its_files_are_there()
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        string folder = writer.CreateFolder();
        Append("out", "");
        Append("err", "");
        foreach (string name in new[] { "spec.json", "identity.json", "exit" }) await File.WriteAllTextAsync(Path.Combine(folder, name), "{}", OutputSamples.Token);
        Assert.Equal(0, writer.AdoptTo(OutputStream.Out, 0));
        Assert.Equal(0, (await writer.CompleteAsync(OutputSamples.Token)).Bytes);
        Assert.False(File.Exists(Path.Combine(folder, "index")));
        Assert.Equal(0, await log.LastAttemptAsync(_job, OutputSamples.Token));
        Assert.Equal(0, (await log.ReadAsync(_job, new(), OutputSamples.Token)).Attempt);
        Assert.Equal([_job], await log.ListAsync(default, 5, OutputSamples.Token));
    }

    [Fact]
    public async Task A_writer_and_a_process_may_append_to_the_same_file()
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        writer.CreateFolder();
        var text = "";
        for (int i = 0; i < 50; i++)
        {
            Append("err", $"process {i}\n");
            writer.Write($"writer {i}\n", OutputStream.Err);
            text += $"process {i}\nwriter {i}\n";
        }
        Assert.Equal(text, await log.TextAsync());
        Assert.Equal(Sha256(text), (await writer.CompleteAsync(OutputSamples.Token)).Sha256);
    }

    [Fact]
    public async Task E3_the_cap_makes_holes_in_a_file_while_a_process_appends_to_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Holes are made on Linux only.");
        var options = new OutputOptions { MaxBytes = 256 * 1024, HeadBytes = 32 * 1024 };
        await using var log = new FileOutputLog(_folder.Path, options);
        await using var writer = log.Open(_job, 1);
        string folder = writer.CreateFolder();
        await using var process = new FileStream(Path.Combine(folder, "out"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
        for (int i = 0; i < 200; i++)
        {
            process.Write(TellingBytes.From(i * 20_000, 20_000));
            writer.AdoptTo(OutputStream.Out, process.Length);
        }
        var summary = await writer.CompleteAsync(OutputSamples.Token);
        Assert.Equal((4_000_000, null), (summary.Bytes, summary.Sha256));
        Assert.InRange(summary.Dropped, 4_000_000 - options.MaxBytes, 4_000_000 - (options.MaxBytes / 2));
        long seen = 0;
        await foreach (var chunk in log.ChunksAsync(_job))
        {
            TellingBytes.Assert(chunk);
            seen += chunk.Bytes.Length;
        }
        Assert.Equal(4_000_000 - summary.Dropped, seen);
    }

    [Fact]
    public async Task A_length_that_the_file_does_not_have_is_not_made_up()
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        writer.CreateFolder();
        Append("out", "four");
        Assert.Equal(4, writer.AdoptTo(OutputStream.Out, 400));
    }

    [Fact]
    public async Task Followers_hear_of_what_is_adopted()
    {
        await using var log = new FileOutputLog(_folder.Path, time: new ManualClock());
        await using var writer = log.Open(_job, 1);
        writer.CreateFolder();
        Append("out", "one ");
        writer.AdoptTo(OutputStream.Out, 4);
        var more = log.WaitAsync(_job, 1, 4, OutputSamples.Token).AsTask();
        Append("out", "two ");
        writer.AdoptTo(OutputStream.Out, 8);
        Assert.True(await more.InTime());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task B_04_a_call_whose_process_writes_files_keeps_them_only_when_it_is_handed_over(bool promoted)
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = new DeferredOutputWriter(log, _job, 1, TimeProvider.System);
        writer.Write("held ");
        writer.CreateFolder();
        Append("out", "more");
        Assert.Equal(9, writer.AdoptTo(OutputStream.Out, 9));
        if (promoted) writer.Promote();
        await writer.CompleteAsync(OutputSamples.Token);
        Assert.Equal(promoted ? "held more" : "", await log.TextAsync());
        Assert.Equal(promoted, Directory.Exists(Path.Combine(_folder.Path, _job.ToString())));
    }

    [Fact]
    public async Task Output_in_memory_has_no_folder_and_says_what_to_do()
    {
        await using var log = new MemoryOutputLog();
        await using var writer = log.Open(_job, 1);
        Assert.Null(writer.Folder);
        var e = Assert.Throws<NotSupportedException>(() => writer.AdoptTo(OutputStream.Out, 1));
        Assert.Contains("UseOutputFolder", e.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(writer.CreateFolder);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "file"), "", OutputSamples.Token);
        await using var log = new FileOutputLog(Path.Combine(_folder.Path, "file", "output"));
        await using var writer = log.Open(_job, 1);
        Assert.Contains("cannot be made", Assert.Throws<StoreUnavailableException>(writer.CreateFolder).Message, StringComparison.Ordinal);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(OutputSamples.Utf8(text)));

    private void Append(string name, string text) => File.AppendAllText(Path.Combine(_folder.Path, _job.ToString(), "1", name), text);
}
