using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand.Sqlite;

/// <summary>
/// Keeps jobs in one SQLite file, which several processes on one machine may use at once. What it has acknowledged is on the disk. It uses
/// the SQLite library of the operating system, and the <c>sqlite3</c> tool reads the file: <c>select * from jobs</c>.
/// </summary>
/// <remarks>The file must be on a local disk: the locks of network file systems cannot be relied on.</remarks>
public sealed partial class SqliteJobStore : IJobStore
{
    private readonly SqliteStoreOptions _options;
    private readonly StorePeers _peers;
    private readonly StoreWriter _writer;
    private readonly ReaderPool _readers;
    private bool _opened;
    private bool _disposed;

    /// <summary>A store over a file; nothing happens before it is opened.</summary>
    /// <param name="options">Where the file is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scheduler">Where the writer runs.</param>
    /// <param name="logger">Where it says what goes wrong.</param>
    public SqliteJobStore(SqliteStoreOptions options, TimeProvider time, WorkScheduler scheduler, ILogger<SqliteJobStore> logger)
    {
        _options = options with { Path = Path.GetFullPath(options.Path) };
        _peers = new(_options, time, scheduler, logger);
        _writer = new(_options, time, scheduler, logger, _peers);
        _readers = new(_options);
    }

    /// <inheritdoc/>
    public string Description => $"sqlite {_options.Path}";

    /// <summary>What the store has asked of SQLite since it was opened.</summary>
    internal StoreCounters Counters => _writer.Counters;

    /// <inheritdoc/>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _writer.OpenAsync(cancellationToken);
        if (_opened) return;
        _opened = true;
        _peers.Start(_writer.LookForPeers);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < jobs.Count; i++) ArgumentNullException.ThrowIfNull(jobs[i], nameof(jobs));
        return Write(AddWrite.Of(jobs), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default) =>
        Write(ApplyWrite.Of(writes), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) =>
        Write(new ClaimWrite(request), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default) =>
        Write(new HeartbeatWrite(beat), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default) =>
        Write(new LapseWrite(runner, seenBeat), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default) =>
        Write(new RecordWrite(name, expectedVersion, value), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default) =>
        Write(new RemoveWrite(ids), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default) =>
        Read(id, static (reader, id) => reader.Jobs.Find(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default) =>
        Read(id, static (reader, id) => reader.History.Of(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        Read(query, static (reader, query) => reader.Lists.Page(query), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        Read(query, static (reader, query) => reader.Lists.Count(query), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default) =>
        Read((id, limit), static (reader, of) => reader.Places.Of(of.id, of.limit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        Read((cursor, limit), static (reader, from) => reader.ChangesFrom(from.cursor, from.limit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default) =>
        Read(name, static (reader, name) => reader.Records.Read(name), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default) =>
        Write(new ReleaseWrite(limit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        Read((prefix, after, limit), static (reader, of) => reader.Caps.List(of.prefix, of.after, of.limit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default) =>
        Read((kind, state, limit), static (reader, of) => reader.Recent.Of(of.kind, of.state, of.limit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(
        string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        Read((prefix, after, limit), static (reader, of) => reader.Records.List(of.prefix, of.after, of.limit), cancellationToken);

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<JobHint> hinted) => _peers.Subscribe(hinted);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _peers.Dispose();
        _readers.Dispose();
        await _writer.DisposeAsync();
    }

    private ValueTask<T> Write<T>(WriteRequest<T> request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _writer.Enqueue(request, cancellationToken);
    }

    private ValueTask<T> Read<TState, T>(TState state, Func<StoreReader, TState, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<T>(cancellationToken);
        try
        {
            return new(_readers.Read(state, read));
        }
        catch (Exception e)
        {
            return ValueTask.FromException<T>(e);
        }
    }
}
