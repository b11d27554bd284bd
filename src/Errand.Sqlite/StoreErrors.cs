namespace Errand.Sqlite;

/// <summary>Says what SQLite's answers mean for whoever asked, and what to do.</summary>
internal static class StoreErrors
{
    public static JobException Explain(SqliteFailure failure, string path, TimeSpan busyTimeout) => failure.Code switch
    {
        SqliteCode.Corrupt => Damaged(path, failure.Message, failure),
        SqliteCode.NotADatabase => NoStore(path, failure),
        _ => new StoreUnavailableException(Unavailable(failure, path, busyTimeout), failure),
    };

    public static StoreRefusedException Damaged(string path, string found, Exception? inner = null) => new(
        $"The store '{path}' is damaged ({found}). Nothing was overwritten. Move it aside and restore a backup, or recover what can be read with " +
        $"'sqlite3 \"{path}\" .recover | sqlite3 recovered.db'.", inner);

    public static StoreRefusedException NoStore(string path, Exception? inner = null) => new(
        $"'{path}' is not a store of Errand (it is no SQLite file); it was left as it is. Choose another path for the store.", inner);

    private static string Unavailable(SqliteFailure failure, string path, TimeSpan busyTimeout) => failure.Code switch
    {
        SqliteCode.Full =>
            $"The disk of the store '{path}' is full, so nothing was written. Free some space; the store goes on by itself.",
        SqliteCode.ReadOnly or SqliteCode.Permission =>
            $"The store '{path}' cannot be written to: the file, its folder or its disk is read-only. Make it writable; the store goes on by itself.",
        SqliteCode.IoError =>
            $"The disk of the store '{path}' failed ({failure.Message}), so nothing is known to be written. Look at the disk; the store tries " +
            "again by itself.",
        SqliteCode.CannotOpen =>
            $"The store '{path}' cannot be opened. See that the file is there, that its folder exists and that this user may write to both.",
        SqliteCode.Busy or SqliteCode.Locked =>
            $"Another process has held the lock of the store '{path}' for more than {busyTimeout.TotalSeconds:0.##} s. It may be frozen or stopped " +
            "in a debugger; end it or let it go on. The store goes on by itself.",
        _ => $"The store '{path}' did not take it: {failure.Message}.",
    };
}
