namespace Errand.Sqlite;

/// <summary>
/// The turns of several processes at the one lock of the file. SQLite's own waiting backs off up to 100 ms, while a busy process takes the lock
/// again microseconds after it let go: two processes then starve each other for seconds. Here a waiter looks every millisecond, one that has
/// waited long looks all the time, and whoever has had the lock for a while lets the others have a turn.
/// </summary>
internal sealed class WriteLock(TimeProvider time, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(40);
    private const int MostLooks = 20_000;
    private readonly ManualResetEvent _closing = new(false);
    private long _turnBegan;

    /// <summary>Begins a transaction as soon as the lock is free.</summary>
    public void Begin(WriteSession session)
    {
        var code = session.Begin.TryRun();
        if (code == SqliteCode.Ok || code == SqliteCode.Done) return;
        long began = time.GetTimestamp();
        for (int pauses = 0, looks = 0; code is SqliteCode.Busy or SqliteCode.Locked; code = session.Begin.TryRun())
        {
            // The pauses count too, for a clock that stands still.
            var waited = Max(time.GetElapsedTime(began), TimeSpan.FromMilliseconds(pauses));
            if (waited > patience) break;
            if (waited > LongWait && looks++ < MostLooks) Thread.Yield();
            else if (_closing.WaitOne(1)) break;
            else pauses++;
        }
        _turnBegan = time.GetTimestamp();
        if (code is not (SqliteCode.Ok or SqliteCode.Done)) throw session.Connection.Failure((int)code);
    }

    /// <summary>Says that the lock was not wanted for a moment.</summary>
    public void Rested() => _turnBegan = time.GetTimestamp();

    /// <summary>Lets others have the lock, if this one has had it for long.</summary>
    public void OfferTurn()
    {
        if (time.GetElapsedTime(_turnBegan) < LongestTurn) return;
        _closing.WaitOne(2);
        Rested();
    }

    /// <summary>Ends all waiting.</summary>
    public void Close() => _closing.Set();

    /// <inheritdoc/>
    public void Dispose() => _closing.Dispose();

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
