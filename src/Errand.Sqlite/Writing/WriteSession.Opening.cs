namespace Errand.Sqlite;

// What the writer's connection needs besides statements: to be opened, to notice others, and to keep its log short.
internal sealed partial class WriteSession
{
    private const int PagesPerCheckpoint = 1000;

    // Temporary tables in memory: the journal of a single statement would else be a file. Content that is deleted is not wiped. The barrier
    // of fullfsync exists on macOS only, where fsync alone leaves data in the drive's cache.
    private const string Pragmas = """
        PRAGMA synchronous = FULL;
        PRAGMA fullfsync = 1;
        PRAGMA checkpoint_fullfsync = 1;
        PRAGMA temp_store = MEMORY;
        PRAGMA secure_delete = 0;
        PRAGMA cache_size = -16000;
        PRAGMA journal_size_limit = 67108864;
        """;

    private readonly SqliteStatement _dataVersion;
    private long _seenVersion;
    private int _checkpointed;

    /// <summary>Opens the file, and brings it up to date.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="mode">Whether it may be made.</param>
    public static WriteSession Open(SqliteStoreOptions options, ConnectionMode mode)
    {
        if (mode == ConnectionMode.Create) MakeFolder(Path.GetDirectoryName(options.Path)!);
        var connection = SqliteConnection.Open(options.Path, mode, options.RewriteSql);
        try
        {
            connection.SetBusyTimeout(options.BusyTimeout);
            connection.Execute(Pragmas);
            new StoreSchema(options.Path, options.Migrations).Prepare(connection);
            if (options.MaxPages is { } pages) connection.Execute($"PRAGMA max_page_count = {pages}");
            // From here on WriteLock does the waiting.
            connection.SetBusyTimeout(TimeSpan.Zero);
            connection.CountWalPages();
            var session = new WriteSession(connection);
            // What is written from here on is news. A connection that is opened anew cannot tell what it missed: its first look finds news.
            if (mode == ConnectionMode.Create) session.OthersHaveWritten();
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether another connection has written since this was asked last.</summary>
    public bool OthersHaveWritten()
    {
        long version = _dataVersion.Step() ? _dataVersion.Int64(0) : 0;
        _dataVersion.Reset();
        bool written = version != _seenVersion;
        _seenVersion = version;
        return written;
    }

    /// <summary>Moves the log into the file once it is long. Done here and not within a commit, so that nobody's answer waits for it.</summary>
    public void Checkpoint()
    {
        int pages = Connection.WalPages;
        if (pages < _checkpointed) _checkpointed = 0;
        if (pages - _checkpointed < PagesPerCheckpoint) return;
        _checkpointed = pages;
        Connection.TryCheckpoint();
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder '{folder}' of the store cannot be made: {e.Message}", e);
        }
    }
}
