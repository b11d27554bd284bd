using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>The named records.</summary>
internal sealed class RecordTable(SqliteConnection connection)
{
    private SqliteStatement? _read, _insert, _update, _delete, _exists;

    public StoreRecord? Read(string name)
    {
        _read ??= connection.Prepare("SELECT version, value FROM record WHERE name = ?");
        try
        {
            return _read.Bind(1, name).Step() ? new(_read.Int64(0), _read.Data(1)) : null;
        }
        finally
        {
            _read.Reset();
        }
    }

    /// <summary>Writes or removes a record if it has the version that was read.</summary>
    public bool TryWrite(string name, long expectedVersion, JobData value)
    {
        if (expectedVersion == 0) return value.IsNone ? !Exists(name) : TryInsert(name, value);
        if (value.IsNone)
        {
            _delete ??= connection.Prepare("DELETE FROM record WHERE name = ? AND version = ?");
            _delete.Bind(1, name).Bind(2, expectedVersion).Run();
        }
        else
        {
            _update ??= connection.Prepare("UPDATE record SET version = version + 1, value = ? WHERE name = ? AND version = ?");
            _update.Bind(1, value).Bind(2, name).Bind(3, expectedVersion).Run();
        }
        return connection.Changes == 1;
    }

    private bool TryInsert(string name, JobData value)
    {
        _insert ??= connection.Prepare("INSERT INTO record (name, version, value) VALUES (?, 1, ?) ON CONFLICT DO NOTHING");
        _insert.Bind(1, name).Bind(2, value).Run();
        return connection.Changes == 1;
    }

    private bool Exists(string name)
    {
        _exists ??= connection.Prepare("SELECT 1 FROM record WHERE name = ?");
        bool exists = _exists.Bind(1, name).Step();
        _exists.Reset();
        return exists;
    }
}
