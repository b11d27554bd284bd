using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>A connection for reading, with its statements. It is used by one thread at a time.</summary>
internal sealed class StoreReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Snapshot _snapshot;
    private readonly ChangeTable _changes;

    public StoreReader(string path, TimeSpan busyTimeout, Func<string, string>? rewrite)
    {
        _connection = SqliteConnection.Open(path, ConnectionMode.Read, rewrite);
        _connection.SetBusyTimeout(busyTimeout);
        Jobs = new(_connection);
        _snapshot = new(_connection);
        Lists = new(_connection, _snapshot, Jobs);
        Places = new(_connection);
        History = new(_connection);
        Records = new(_connection);
        Caps = new(_connection);
        Recent = new(_connection);
        _changes = new(_connection);
    }

    public JobTable Jobs { get; }

    public JobLists Lists { get; }

    public PlaceInLine Places { get; }

    public HistoryTable History { get; }

    public RecordTable Records { get; }

    public CapTable Caps { get; }

    public RecentJobs Recent { get; }

    public ChangePage ChangesFrom(string? cursor, int limit)
    {
        using var held = _snapshot.Take();
        return _changes.Read(cursor, limit);
    }

    public void Dispose() => _connection.Dispose();
}
