using System.Diagnostics;
using System.Globalization;
using Errand.Testing.Conformance;

namespace Errand.Tests.Output;

// What is of files only.
public sealed class FileOutputLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JobId _job = OutputSamples.Job;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_streams_are_two_plain_files_beside_an_index()
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        writer.Write("out 1 ");
        writer.Write("err 1 ", OutputStream.Err);
        writer.Write("out 2");
        Assert.Equal("out 1 out 2", await File.ReadAllTextAsync(PathOf("out"), OutputSamples.Token));
        Assert.Equal("err 1 ", await File.ReadAllTextAsync(PathOf("err"), OutputSamples.Token));
        Assert.Equal(3 * 32, new FileInfo(PathOf("index")).Length);
        Assert.False(File.Exists(PathOf("trim")));
    }

    [Fact]
    public async Task Nothing_is_made_before_the_first_byte()
    {
        await using var log = new FileOutputLog(Path.Combine(_folder.Path, "new"));
        await using (var writer = log.Open(_job, 1)) await writer.CompleteAsync(OutputSamples.Token);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    public async Task An_index_entry_that_is_torn_is_not_shown_and_its_bytes_come_back_once(int torn)
    {
        await WriteAsync("one ", "two ");
        using (var index = File.OpenWrite(PathOf("index"))) index.SetLength(32 + torn);
        await using var log = new FileOutputLog(_folder.Path);
        Assert.Equal("one ", await log.TextAsync());
        await using var writer = log.Open(_job, 1);
        writer.Write("three");
        Assert.Equal("one two three", await log.TextAsync());
        Assert.Equal(3 * 32, new FileInfo(PathOf("index")).Length);
    }

    [Fact]
    public async Task B_38_bytes_that_a_process_wrote_itself_get_their_place_when_the_log_goes_on()
    {
        await WriteAsync("one ");
        await File.AppendAllTextAsync(PathOf("out"), "two ", OutputSamples.Token);
        await File.AppendAllTextAsync(PathOf("err"), "three ", OutputSamples.Token);
        await using var log = new FileOutputLog(_folder.Path);
        Assert.Equal("one ", await log.TextAsync());
        await using var writer = log.Open(_job, 1);
        var summary = await writer.CompleteAsync(OutputSamples.Token);
        Assert.Equal("one two three ", await log.TextAsync());
        Assert.Equal(14, summary.Bytes);
        Assert.NotNull(summary.Sha256);
    }

    [Fact]
    public async Task Bytes_that_did_not_reach_the_disk_before_the_power_went_are_not_made_up()
    {
        await WriteAsync("one ", "two ");
        using (var bytes = File.OpenWrite(PathOf("out"))) bytes.SetLength(6);
        await using var log = new FileOutputLog(_folder.Path);
        Assert.Equal("one tw", await log.TextAsync());
        await using var writer = log.Open(_job, 1);
        writer.Write("three");
        Assert.Equal("one twthree", await log.TextAsync());
    }

    [Fact]
    public async Task An_index_of_zeros_after_a_loss_of_power_ends_the_log_before_them()
    {
        await WriteAsync("one ", "two ");
        using (var index = File.OpenWrite(PathOf("index"))) index.SetLength(32 * 1000);
        await using var log = new FileOutputLog(_folder.Path);
        Assert.Equal("one two ", await log.TextAsync());
        await using var writer = log.Open(_job, 1);
        writer.Write("three");
        Assert.Equal("one two three", await log.TextAsync());
    }

    [Fact]
    public async Task An_index_that_is_damaged_in_its_middle_is_refused_not_waited_for()
    {
        await WriteAsync("one ", "two ", "three ");
        using (var index = File.OpenWrite(PathOf("index")))
        {
            index.Position = 40;
            index.WriteByte(255);
        }
        await using var log = new FileOutputLog(_folder.Path);
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await log.ReadAsync(_job, new(), OutputSamples.Token));
    }

    [Fact]
    public async Task E3_the_cap_gives_the_disk_its_space_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Holes are made on Linux only.");
        var options = new OutputOptions { MaxBytes = 1 << 20, HeadBytes = 128 * 1024 };
        await using var log = new FileOutputLog(_folder.Path, options);
        await using var writer = log.Open(_job, 1);
        for (int i = 0; i < 1000; i++) writer.Write((OutputStream)(i % 2), TellingBytes.From(i * 20_000, 20_000));
        Assert.Equal(10_000_000, new FileInfo(PathOf("out")).Length);
        long used = await SpaceOnDiskAsync();
        Assert.InRange(used, options.MaxBytes / 2, options.MaxBytes + (128 * 1024));
    }

    [Fact]
    public async Task What_jobs_print_is_for_their_user_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Modes are set on Linux only.");
        await using var log = new FileOutputLog(Path.Combine(_folder.Path, "output"));
        await using (var writer = log.Open(_job, 1)) writer.Write("secret");
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        string folder = Path.Combine(_folder.Path, "output");
        Assert.All([folder, .. Directory.GetDirectories(folder, "*", SearchOption.AllDirectories)], path => Assert.Equal(Own, Mode(path)));

#pragma warning disable CA1416 // Not on Windows: the test is skipped there.
        static UnixFileMode Mode(string path) => File.GetUnixFileMode(path);
#pragma warning restore CA1416
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_loses_output_not_the_job()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "file"), "", OutputSamples.Token);
        await using var log = new FileOutputLog(Path.Combine(_folder.Path, "file", "output"));
        await using var writer = log.Open(_job, 1);
        writer.Write("lost");
        Assert.Equal(new OutputSummary(4, 4, null), await writer.CompleteAsync(OutputSamples.Token));
        Assert.NotNull(writer.Failure);
    }

    [Fact]
    public async Task B_35_both_streams_may_be_flooded_at_once_and_memory_stays_flat()
    {
        await using var log = new FileOutputLog(_folder.Path, new() { MaxBytes = 8 << 20, HeadBytes = 1 << 20 });
        await using var writer = log.Open(_job, 1);
        byte[] block = new byte[128 * 1024];
        Random random = new(1);
        random.NextBytes(block);
        writer.Write(OutputStream.Out, block);
        long[] allocated = await Task.WhenAll(Flood(OutputStream.Out), Flood(OutputStream.Err));
        Assert.Equal((256L << 20) + block.Length, writer.Bytes);
        Assert.All(allocated, bytes => Assert.InRange(bytes, 0, 1 << 20));

        Task<long> Flood(OutputStream stream)
        {
            var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            WorkScheduler.Default.QueueBlocking(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 1024; i++) writer.Write(stream, block);
                done.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
            });
            return done.Task;
        }
    }

    private async Task WriteAsync(params string[] texts)
    {
        await using var log = new FileOutputLog(_folder.Path);
        await using var writer = log.Open(_job, 1);
        foreach (string text in texts) writer.Write(text);
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, _job.ToString(), "1", name);

    private async Task<long> SpaceOnDiskAsync()
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-s", "--block-size=1", _folder.Path]) { RedirectStandardOutput = true })!;
        string text = await du.StandardOutput.ReadToEndAsync(OutputSamples.Token);
        return long.Parse(text.Split('\t')[0], CultureInfo.InvariantCulture);
    }
}
