using System.Text;
using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>Which files are opened, which are refused, and that a refused one is left as it was.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_is_made_with_its_folder()
    {
        string path = Path.Combine(_folder.Root, "a", "b", "errand.db");
        await using var store = await _folder.OpenedAsync(path);
        Assert.True(File.Exists(path));
        Assert.Equal($"sqlite {path}", store.Description);
    }

    [Fact]
    public async Task A_store_that_was_closed_leaves_one_file()
    {
        var store = await _folder.OpenedAsync();
        await store.AddAsync([NewJob()], Token);
        await store.DisposeAsync();
        Assert.Equal([_folder.File], Directory.EnumerateFileSystemEntries(_folder.Root));
    }

    [Fact]
    public async Task B_42_a_store_that_only_a_newer_version_can_read_is_refused()
    {
        _folder.Fill(StoreFolder.FirstSchema + "UPDATE meta SET value = '9' WHERE name = 'schema'; UPDATE meta SET value = '8' WHERE name = 'min_reader';");
        var refusal = await RefusedAsync();
        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Update Errand", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dear diary, this is not a database at all, but it is quite long: ................................................................")]
    [InlineData("x")]
    public async Task B_42_a_file_that_is_no_database_is_refused(string content)
    {
        await File.WriteAllTextAsync(_folder.File, content, Token);
        Assert.Contains("Choose another path", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_42_a_database_of_something_else_is_refused()
    {
        _folder.Fill("CREATE TABLE diary (day TEXT, entry TEXT);");
        Assert.Contains("not a store of Errand", (await RefusedAsync()).Message, StringComparison.Ordinal);
        _folder.Fill("CREATE TABLE meta (name TEXT, value TEXT);");
        Assert.Contains("not a store of Errand", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(20)]
    public async Task B_42_a_damaged_store_is_refused(int page)
    {
        _folder.Fill(StoreFolder.FirstSchema);
        await using (var file = File.OpenWrite(_folder.File))
        {
            file.Position = (page * 4096) + (page == 0 ? 100 : 0);
            await file.WriteAsync(Encoding.ASCII.GetBytes(new string('#', 300)), Token);
        }
        var refusal = await RefusedAsync();
        Assert.Contains(_folder.File, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("backup", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_42_a_store_that_was_cut_off_is_refused()
    {
        _folder.Fill(StoreFolder.FirstSchema);
        await using (var file = File.OpenWrite(_folder.File)) file.SetLength(file.Length / 2);
        Assert.Contains("damaged", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_becomes_a_store()
    {
        await File.WriteAllBytesAsync(_folder.File, [], Token);
        await using var store = await _folder.OpenedAsync();
        Assert.Empty((await store.ListAsync(new(), Token)).Items);
    }

    [Fact]
    public async Task A_path_that_is_a_folder_is_said_to_be_unusable()
    {
        await using var store = _folder.Store(_folder.Root);
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        Assert.Contains(_folder.Root, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_opened_can_be_opened_later()
    {
        string path = Path.Combine(_folder.Root, "not", "there.db");
        await File.WriteAllTextAsync(Path.GetDirectoryName(path)!, "in the way", Token);
        await using var store = _folder.Store(path);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Token));
        File.Delete(Path.GetDirectoryName(path)!);
        await store.OpenAsync(Token);
        Assert.True(Assert.Single(await store.AddAsync([NewJob()], Token)).Added);
    }

    [Fact]
    public async Task Several_processes_may_open_a_new_store_at_once()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => StoreProcess.Start(_folder.File, adds: 5)).ToList();
        var ids = new List<JobId>();
        foreach (var process in processes) ids.AddRange(await process.ReadToEndAsync(Token));
        foreach (var process in processes) process.Dispose();
        Assert.Equal(20, ids.Count);
        await using var store = await _folder.OpenedAsync();
        Assert.Equal(ids.Order(), (await store.ListAsync(new() { OldestFirst = true }, Token)).Items.Select(job => job.Id));
    }

    [Fact]
    public void A_library_that_is_missing_is_named_with_what_to_install()
    {
        var error = Assert.Throws<StoreUnavailableException>(() => SqliteLibrary.Find(["libnosuchsqlite.so.0"]));
        Assert.Contains("libsqlite3-0", error.Message, StringComparison.Ordinal);
        Assert.Contains("libnosuchsqlite.so.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_too_old_is_named_with_its_version()
    {
        var error = Assert.Throws<StoreUnavailableException>(() => SqliteLibrary.Check(3_034_001));
        Assert.Contains("3.34.1", error.Message, StringComparison.Ordinal);
        Assert.Equal("3.35.0", SqliteLibrary.Check(3_035_000));
    }

    private static Job NewJob()
    {
        var now = TimeProvider.System.GetUtcNow();
        return Job.Queued(JobId.New(now), new("work"), now);
    }

    private async Task<StoreRefusedException> RefusedAsync()
    {
        byte[] before = await File.ReadAllBytesAsync(_folder.File, Token);
        await using (var store = _folder.Store())
        {
            var refusal = await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.OpenAsync(Token));
            await store.DisposeAsync();
            Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File, Token));
            Assert.Equal([_folder.File], Directory.EnumerateFileSystemEntries(_folder.Root));
            return refusal;
        }
    }
}
