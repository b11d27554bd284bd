using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>The writer's connection with its statements, and what the transaction that is open has done so far.</summary>
internal sealed partial class WriteSession : IDisposable
{
    private SqliteStatement? _savepoint, _undo, _release;
    private (int Hints, int Changes) _mark;

    private WriteSession(SqliteConnection connection)
    {
        Connection = connection;
        Jobs = new(connection);
        Updates = new(connection);
        Lines = new(connection);
        Runners = new(connection);
        History = new(connection);
        Records = new(connection);
        Caps = new(connection);
        CapLines = new(connection);
        Gates = new(connection);
        Dependencies = new(connection);
        Changes = new(connection);
        Begin = connection.Prepare("BEGIN IMMEDIATE");
        Commit = connection.Prepare("COMMIT");
        Rollback = connection.Prepare("ROLLBACK");
        _dataVersion = connection.Prepare("PRAGMA data_version");
    }

    public SqliteConnection Connection { get; }

    public JobTable Jobs { get; }

    public JobUpdates Updates { get; }

    public JobLines Lines { get; }

    public RunnerTable Runners { get; }

    public HistoryTable History { get; }

    public RecordTable Records { get; }

    public CapTable Caps { get; }

    public CapLines CapLines { get; }

    public GateTable Gates { get; }

    public DependencyTable Dependencies { get; }

    public ChangeTable Changes { get; }

    public SqliteStatement Begin { get; }

    public SqliteStatement Commit { get; }

    public SqliteStatement Rollback { get; }

    /// <summary>What to hint at after the commit.</summary>
    public List<JobHint> Hints { get; } = [];

    /// <summary>What goes into the feed.</summary>
    public List<(long Seq, long Version)> Written { get; } = [];

    /// <summary>Notes that a job was written.</summary>
    public void Note(JobId id, long seq, long version, bool ready)
    {
        Written.Add((seq, version));
        Hints.Add(new(id, version, ready));
    }

    /// <summary>Applies a transition to a job, as the port says.</summary>
    public ApplyResult Apply(JobId id, JobTransition transition)
    {
        // The first edge is nearly always the one. Where it is not, the job tells which one is, or why there is none.
        if (transition.Edges.Count > 0 && TryWrite(id, transition, transition.Edges[0]) is { } first) return first;
        if (Jobs.Find(id) is not { } job) return new(ApplyStatus.Unknown);
        var status = transition.Judge(job);
        if (status == ApplyStatus.Applied && TryWrite(id, transition, transition.EdgeFrom(job.Phase)!) is { } other) return other;
        return new(status == ApplyStatus.Applied ? ApplyStatus.Refused : status, null, job.Version, job);
    }

    /// <summary>Forgets what the last transaction has done.</summary>
    public void Clear()
    {
        Hints.Clear();
        Written.Clear();
        Caps.Forget();
        Gates.Forget();
    }

    /// <summary>Writes what is left to write before the commit.</summary>
    /// <param name="changesKept">How many commits the feed of changes goes back.</param>
    public void Complete(int changesKept)
    {
        Caps.Flush();
        if (Written.Count > 0) Changes.Append(Written, changesKept);
    }

    /// <summary>Remembers where a request began, so that it can be undone by itself.</summary>
    public void Mark()
    {
        Caps.Flush();
        _mark = (Hints.Count, Written.Count);
        (_savepoint ??= Connection.Prepare("SAVEPOINT request")).Run();
    }

    public void Keep() => (_release ??= Connection.Prepare("RELEASE request")).Run();

    public void Undo()
    {
        (_undo ??= Connection.Prepare("ROLLBACK TO request")).Run();
        Keep();
        Caps.Forget();
        Gates.Forget();
        Hints.RemoveRange(_mark.Hints, Hints.Count - _mark.Hints);
        Written.RemoveRange(_mark.Changes, Written.Count - _mark.Changes);
    }

    public void Dispose() => Connection.Dispose();
}
