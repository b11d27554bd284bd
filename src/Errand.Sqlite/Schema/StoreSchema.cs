using System.Globalization;
using System.Security.Cryptography;

namespace Errand.Sqlite;

/// <summary>
/// Brings a file up to date, or refuses it. A file that is refused is not written to: not even its journal mode is set before it is known to
/// be a store that this build may use.
/// </summary>
internal sealed class StoreSchema(string path, IReadOnlyList<Migration> migrations)
{
    // "Errd": what the file command shows of the file.
    private const int ApplicationId = 0x45727264;
    // A look at every page takes about a millisecond for each of these megabytes; a large file is believed until a damaged page is met.
    private const long LargestChecked = 8L << 20;

    private readonly int _newest = migrations[^1].Schema;

    /// <summary>Checks the file, and migrates it where it is older.</summary>
    public void Prepare(SqliteConnection connection)
    {
        if (connection.IsReadOnly) throw new StoreUnavailableException($"The store '{path}' is read-only. Make the file and its folder writable.");
        // SQLite takes a file that has not even room for its header for an empty one.
        if (new FileInfo(path) is { Exists: true, Length: > 0 and < 512 }) throw StoreErrors.NoStore(path);
        int schema = Check(connection);
        if (schema > 0) CheckPages(connection);
        connection.Execute("PRAGMA journal_mode = WAL");
        if (schema < _newest) Migrate(connection);
    }

    private int Check(SqliteConnection connection)
    {
        if (connection.ReadInt64("SELECT count(*) FROM sqlite_schema") == 0) return 0;
        bool hasMeta = connection.ReadInt64("SELECT count(*) FROM sqlite_schema WHERE name = 'meta' AND type = 'table'") > 0;
        if (!hasMeta || Meta(connection, "schema") is not { } schema)
        {
            throw new StoreRefusedException(
                $"'{path}' is an SQLite database, but not a store of Errand; it was left as it is. Choose another path for the store.");
        }
        int reader = Meta(connection, "min_reader") ?? 0;
        if (reader > _newest)
        {
            throw new StoreRefusedException(
                $"'{path}' was written by a newer version of Errand (its schema is {schema} and needs a build that knows {reader}; this one " +
                $"knows {_newest}). Update Errand, or choose another path for the store. The file was left as it is.");
        }
        return schema;
    }

    private void CheckPages(SqliteConnection connection)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargestChecked }) return;
        string found = connection.ReadText("PRAGMA quick_check(1)");
        if (found != "ok") throw StoreErrors.Damaged(path, found);
    }

    // Several processes may open a new file at once: whoever gets the lock second finds the work done.
    private void Migrate(SqliteConnection connection)
    {
        connection.Execute("BEGIN EXCLUSIVE");
        try
        {
            int schema = Check(connection);
            foreach (var migration in migrations)
                if (migration.Schema > schema) Apply(connection, migration, isFirst: schema == 0 && migration == migrations[0]);
            connection.Execute("COMMIT");
        }
        catch
        {
            if (connection.InTransaction) connection.Execute("ROLLBACK");
            throw;
        }
    }

    private static void Apply(SqliteConnection connection, Migration migration, bool isFirst)
    {
        connection.Execute(migration.Sql);
        SetMeta(connection, "schema", migration.Schema.ToString(CultureInfo.InvariantCulture));
        SetMeta(connection, "min_reader", migration.MinReader.ToString(CultureInfo.InvariantCulture));
        if (!isFirst) return;
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        SetMeta(connection, "epoch", RandomNumberGenerator.GetHexString(16, lowercase: true));
    }

    private static int? Meta(SqliteConnection connection, string name)
    {
        using var statement = connection.Prepare("SELECT value FROM meta WHERE name = ?");
        return statement.Bind(1, name).Step() && int.TryParse(statement.Text(0), CultureInfo.InvariantCulture, out int value) ? value : null;
    }

    private static void SetMeta(SqliteConnection connection, string name, string value)
    {
        using var statement = connection.Prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
        statement.Bind(1, name).Bind(2, value).Run();
    }
}
