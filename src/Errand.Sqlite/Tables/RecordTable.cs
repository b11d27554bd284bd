using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>The named records.</summary>
internal sealed class RecordTable(SqliteConnection connection)
{
    private SqliteStatement? _read, _list, _insert, _update, _delete, _exists;

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

    /// <summary>The records whose names begin alike, by name.</summary>
    public IReadOnlyList<NamedRecord> List(string prefix, string? after, int limit)
    {
        _list ??= connection.Prepare("SELECT name, version, value FROM record WHERE name >= ? AND name > ? ORDER BY name");
        _list.Bind(1, prefix).Bind(2, after ?? "");
        try
        {
            List<NamedRecord> records = [];
            while (records.Count < limit && _list.Step() && _list.Text(0) is var name && name.StartsWith(prefix, StringComparison.Ordinal))
                records.Add(new(name, new(_list.Int64(1), _list.Data(2))));
            return records;
        }
        finally
        {
            _list.Reset();
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
