using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>Somebody else who has the file's lock, as a process that was frozen in the middle of a commit.</summary>
internal sealed class LockHolder : IDisposable
{
    private readonly SqliteConnection _connection;

    public LockHolder(string path)
    {
        _connection = SqliteConnection.Open(path, ConnectionMode.Write);
        _connection.SetBusyTimeout(TimeSpan.FromSeconds(10));
        _connection.Execute("BEGIN IMMEDIATE");
    }

    public void LetGo() => _connection.Execute("COMMIT");

    public void Dispose() => _connection.Dispose();
}
