using Microsoft.Extensions.Logging;

namespace Errand.Sqlite;

/// <summary>
/// The one that writes: it takes what has queued up, carries it out in one transaction, and answers when that is on the disk. The busier it
/// is, the more requests share the price of a commit.
/// </summary>
internal sealed partial class StoreWriter : IAsyncDisposable
{
    private const int MostRowsPerCommit = 2000;

    private readonly SqliteStoreOptions _options;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue = new();
    private readonly List<WriteRequest> _group = [];
    private readonly Dictionary<WriteRequest, Exception> _failed = [];
    private readonly WriteLock _lock;
    private readonly IPeers _peers;
    private readonly WorkScheduler _scheduler;
    private WorkLoop? _loop;
    private WriteSession? _session;
    private int _lookRequested;
    private Exception? _lockedOut;
    private string? _lastFailure;
    private StoreCounters _counters;

    public StoreWriter(SqliteStoreOptions options, TimeProvider time, WorkScheduler scheduler, ILogger logger, IPeers peers)
    {
        _options = options;
        _logger = logger;
        _peers = peers;
        _scheduler = scheduler;
        _lock = new(time, options.BusyTimeout);
    }

    public StoreCounters Counters => _counters;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _loop ??= _scheduler.CreateLoop("errand-sqlite", Drain);
        return Control(() => _session ??= WriteSession.Open(_options, ConnectionMode.Create), cancellationToken);
    }

    public ValueTask<T> Enqueue<T>(WriteRequest<T> request, CancellationToken cancellationToken)
    {
        if (_loop is null) throw new InvalidOperationException("The store has not been opened; call OpenAsync first.");
        var answer = request.Begin(cancellationToken);
        if (_queue.Add(request)) _loop.Signal();
        return answer;
    }

    /// <summary>Has the writer look whether another instance has written.</summary>
    public void LookForPeers()
    {
        Volatile.Write(ref _lookRequested, 1);
        _loop?.Signal();
    }

    /// <summary>Does what was asked for before, and then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_loop is null) return;
        _lock.Close();
        await Control(CloseSession, CancellationToken.None);
        _loop.Dispose();
        _lock.Dispose();
    }

    private async ValueTask Control(Action work, CancellationToken cancellationToken) => await Enqueue(new ControlWrite(work), cancellationToken);

    private void Drain()
    {
        _lock.Rested();
        while (true)
        {
            if (Interlocked.Exchange(ref _lookRequested, 0) != 0) Look();
            _group.Clear();
            _queue.Take(_group, MostRowsPerCommit);
            if (_group.Count == 0)
            {
                _lockedOut = null;
                return;
            }
            CarryOut();
            if (_peers.Any) _lock.OfferTurn();
        }
    }

    private void CarryOut()
    {
        var control = _group[^1] as ControlWrite;
        if (control is not null) _group.RemoveAt(_group.Count - 1);
        // Those that queued up behind a group which waited for the lock in vain have waited as long as it.
        if (_lockedOut is { } error) FailGroup(error);
        else if (_group.Count > 0) CommitGroup();
        if (control is not null) CarryOut(control);
    }

    private void CarryOut(ControlWrite control)
    {
        try
        {
            control.Work();
            control.Succeed();
        }
        catch (Exception e)
        {
            control.Fail(Explained(e));
        }
    }

    private void CommitGroup()
    {
        _failed.Clear();
        var error = TryCommit(apart: false, out bool concernsOne);
        if (concernsOne) error = TryCommit(apart: true, out _);
        if (error is not null)
        {
            FailGroup(Explained(error));
            return;
        }
        Count(_session!);
        foreach (var request in _group)
            if (_failed.TryGetValue(request, out var own)) request.Fail(Explained(own));
            else request.Succeed();
        AfterCommit(_session!);
    }

    /// <summary>Carries the group out in one transaction.</summary>
    /// <param name="apart">Whether each request can be undone by itself; this costs, and is done only after one has failed.</param>
    /// <param name="concernsOne">Whether the error, if there is one, is that of a single request.</param>
    /// <returns>Why nothing was committed, if so.</returns>
    private Exception? TryCommit(bool apart, out bool concernsOne)
    {
        concernsOne = false;
        try
        {
            var session = _session ??= WriteSession.Open(_options, ConnectionMode.Write);
            session.Clear();
            _lock.Begin(session);
            foreach (var request in _group)
            {
                if (request.IsGivenUp) continue;
                concernsOne = !apart;
                if (apart) ExecuteApart(session, request);
                else request.Execute(session);
                concernsOne = false;
            }
            session.Complete(_options.ChangesKept);
            session.Commit.Run();
            return null;
        }
        catch (Exception e)
        {
            concernsOne &= ConcernsOne(e);
            RollBack(e);
            return e;
        }
    }

    private void ExecuteApart(WriteSession session, WriteRequest request)
    {
        session.Mark();
        try
        {
            request.Execute(session);
            session.Keep();
        }
        catch (Exception e) when (ConcernsOne(e))
        {
            session.Connection.ResetAll();
            session.Undo();
            _failed.Add(request, e);
        }
    }

    private static bool ConcernsOne(Exception error) => error is not SqliteFailure { IsOfRequest: false };

    private void RollBack(Exception error)
    {
        if (_session is not { } session) return;
        try
        {
            session.Connection.ResetAll();
            if (session.Connection.InTransaction) session.Rollback.Run();
            if (error is not SqliteFailure { SpoilsConnection: true }) return;
        }
        catch (SqliteFailure)
        {
            // Closing the connection rolls back as well.
        }
        CloseSession();
    }

    private void FailGroup(Exception error)
    {
        if (error.Message != _lastFailure) LogFailed(_lastFailure = error.Message);
        foreach (var request in _group) request.Fail(error);
        _lockedOut = _lockedOut is null && error.InnerException is SqliteFailure { Code: SqliteCode.Busy } ? error : null;
    }

    private void Count(WriteSession session) => _counters = new(
        session.Connection.Statements,
        _counters.Commits + (session.Written.Count > 0 ? 1 : 0),
        _counters.Requests + _group.Count,
        session.Connection.BytesBound);

    private void AfterCommit(WriteSession session)
    {
        _lastFailure = null;
        if (session.Hints.Count > 0) _peers.Tell(session.Hints);
        session.Checkpoint();
    }

    private void Look()
    {
        if (_session is not { } session) return;
        try
        {
            if (session.OthersHaveWritten()) _peers.Wrote();
        }
        catch (SqliteFailure e)
        {
            LogFailed(e.Message);
        }
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }

    private Exception Explained(Exception error) =>
        error is SqliteFailure failure ? StoreErrors.Explain(failure, _options.Path, _options.BusyTimeout) : error;
}
