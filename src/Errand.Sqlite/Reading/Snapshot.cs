namespace Errand.Sqlite;

/// <summary>Holds one state of the file for several statements.</summary>
internal sealed class Snapshot(SqliteConnection connection) : IDisposable
{
    private SqliteStatement? _begin, _end;

    public Snapshot Take()
    {
        (_begin ??= connection.Prepare("BEGIN")).Run();
        return this;
    }

    /// <summary>Goes on with a newer state.</summary>
    public void Renew()
    {
        Dispose();
        Take();
    }

    /// <summary>Lets go of the state.</summary>
    public void Dispose()
    {
        // Some errors have ended it already.
        if (connection.InTransaction) (_end ??= connection.Prepare("COMMIT")).Run();
    }
}
