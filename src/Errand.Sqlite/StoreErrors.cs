namespace Errand.Sqlite;

/// <summary>Says what SQLite's answers mean for whoever asked, and what to do.</summary>
internal static class StoreErrors
{
    public static JobException Explain(SqliteFailure failure, string path, TimeSpan busyTimeout) => failure.Code switch
    {
        SqliteCode.Full => Unavailable($"The disk of the store '{path}' is full, so nothing was written. Free some space; the store goes on by itself.", failure),
        SqliteCode.ReadOnly or SqliteCode.Permission => Unavailable(
            $"The store '{path}' cannot be written to: the file, its folder or its disk is read-only. Make it writable; the store goes on by itself.", failure),
        SqliteCode.IoError => Unavailable(
            $"The disk of the store '{path}' failed ({failure.Message}), so nothing is known to be written. Look at the disk; the store tries again by itself.",
            failure),
        SqliteCode.CannotOpen => Unavailable(
            $"The store '{path}' cannot be opened. See that the file is there, that its folder exists and that this user may write to both.", failure),
        SqliteCode.Busy or SqliteCode.Locked => Unavailable(
            $"Another process has held the lock of the store '{path}' for more than {busyTimeout.TotalSeconds:0.#} s. It may be frozen or stopped in a " +
            "debugger; end it or let it go on. The store goes on by itself.", failure),
        SqliteCode.Corrupt => Damaged(path, failure.Message, failure),
        SqliteCode.NotADatabase => NoStore(path, failure),
        SqliteCode.TooBig => Unavailable($"A value is larger than SQLite can hold, so it was not written to '{path}'.", failure),
        _ => Unavailable($"The store '{path}' failed: {failure.Message}.", failure),
    };

    public static StoreRefusedException Damaged(string path, string found, Exception? inner = null) => new(
        $"The store '{path}' is damaged ({found}). Nothing was overwritten. Move it aside and restore a backup, or recover what can be read with " +
        $"'sqlite3 \"{path}\" .recover | sqlite3 recovered.db'.", inner);

    public static StoreRefusedException NoStore(string path, Exception? inner = null) => new(
        $"'{path}' is not a store of Errand (it is no SQLite file); it was left as it is. Choose another path for the store.", inner);

    private static StoreUnavailableException Unavailable(string message, Exception inner) => new(message, inner);
}
