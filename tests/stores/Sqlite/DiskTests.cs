using System.Diagnostics;
using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>Disks that are full or may not be written to: a clear error to whoever asked, nothing half written, and recovery by itself.</summary>
public sealed class DiskTests : IDisposable
{
    private static readonly JobData Kilobytes = JobData.Trusted(System.Text.Encoding.ASCII.GetBytes($"\"{new string('x', 20_000)}\""));
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task B_41_a_file_that_may_not_grow_is_a_clear_error()
    {
        List<Job> added;
        await using (var full = StoreFolder.Store(new() { Path = _folder.File, MaxPages = 200 }))
        {
            await full.OpenAsync(Token);
            added = await FilledAsync(full);
            await AllThereAsync(full, added);
        }
        await using var roomy = await _folder.OpenedAsync();
        var more = Jobs.Queued(input: Kilobytes);
        Assert.True(Assert.Single(await roomy.AddAsync([more], Token)).Added);
        await AllThereAsync(roomy, [.. added, more]);
    }

    [Fact]
    public async Task B_41_a_full_disk_is_a_clear_error_and_recovers_when_space_returns()
    {
        using var disk = SmallDisk.TryMount(_folder.Root, megabytes: 3);
        if (disk is null) return;
        string ballast = Path.Combine(disk.Path, "ballast"), path = Path.Combine(disk.Path, "errand.db");
        await File.WriteAllBytesAsync(ballast, new byte[1 << 20], Token);
        await using (var store = await _folder.OpenedAsync(path))
        {
            var added = await FilledAsync(store);
            await AllThereAsync(store, added);
            File.Delete(ballast);
            var more = Jobs.Queued(input: Kilobytes);
            Assert.True(Assert.Single(await store.AddAsync([more], Token)).Added);
            await AllThereAsync(store, [.. added, more]);
        }
        using var connection = SqliteConnection.Open(path, ConnectionMode.Write);
        Assert.Equal("ok", connection.ReadText("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task B_41_what_may_not_be_written_to_is_a_clear_error_and_opens_when_it_may()
    {
        using var place = ReadOnlyPlace.Make(_folder.Root);
        string path = Path.Combine(place.Path, "errand.db");
        await using (var store = await _folder.OpenedAsync(path)) await store.AddAsync(Jobs.Many(3), Token);
        place.Close();
        await using var closed = _folder.Store(path);
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await closed.OpenAsync(Token));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("writ", error.Message, StringComparison.Ordinal);
        await using var made = _folder.Store(Path.Combine(place.Path, "new", "errand.db"));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await made.OpenAsync(Token));
        place.Open();
        await closed.OpenAsync(Token);
        await made.OpenAsync(Token);
        Assert.Equal(3, (await closed.ListAsync(new(), Token)).Items.Count);
        Assert.True(Assert.Single(await closed.AddAsync(Jobs.Many(1), Token)).Added);
    }

    private static async Task<List<Job>> FilledAsync(SqliteJobStore store)
    {
        List<Job> added = [];
        while (true)
        {
            var job = Jobs.Queued(input: Kilobytes);
            try
            {
                await store.AddAsync([job], Token);
            }
            catch (StoreUnavailableException e)
            {
                Assert.Contains("is full", e.Message, StringComparison.Ordinal);
                Assert.Null(await store.FindAsync(job.Id, Token));
                return added;
            }
            added.Add(job);
            Assert.True(added.Count < 1000, "The disk never filled up.");
        }
    }

    private static async Task AllThereAsync(SqliteJobStore store, IReadOnlyList<Job> added)
    {
        Assert.NotEmpty(added);
        foreach (var job in added) Assert.Equal(Kilobytes, (await store.FindAsync(job.Id, Token))!.Spec.Input);
        Assert.Equal(added.Count, (await store.CountAsync(new(), Token)).Values.Sum());
    }

    /// <summary>A disk of a few megabytes in memory; only root may have one.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public required string Path { get; init; }

        public static SmallDisk? TryMount(string root, int megabytes)
        {
            string path = Directory.CreateDirectory(System.IO.Path.Combine(root, "disk")).FullName;
            if (Ran("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path)) return new() { Path = path };
            TestContext.Current.TestOutputHelper?.WriteLine("Not shown here: only root may mount a small disk.");
            return null;
        }

        // Lazily: a program that another test is just starting may still have our files, until it is itself.
        public void Dispose() => Ran("umount", "-l", Path);
    }

    /// <summary>A folder that can be made read-only: as a disk for root, for whom permissions do not count.</summary>
    private sealed class ReadOnlyPlace(string path, SmallDisk? disk) : IDisposable
    {
        public string Path => path;

        public static ReadOnlyPlace Make(string root)
        {
            var disk = Environment.IsPrivilegedProcess ? SmallDisk.TryMount(root, 8) : null;
            return new(disk?.Path ?? Directory.CreateDirectory(System.IO.Path.Combine(root, "closed")).FullName, disk);
        }

        public void Close()
        {
            if (disk is not null) Assert.True(Ran("mount", "-o", "remount,ro", path));
            else Ran("chmod", "-R", "a-w", path);
        }

        public void Open()
        {
            if (disk is not null) Assert.True(Ran("mount", "-o", "remount,rw", path));
            else Ran("chmod", "-R", "u+w", path);
        }

        public void Dispose() => disk?.Dispose();
    }

    private static bool Ran(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
