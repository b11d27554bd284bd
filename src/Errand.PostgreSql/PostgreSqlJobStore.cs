using Errand.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Errand.PostgreSql;

/// <summary>
/// Keeps jobs in a schema of a PostgreSQL database, for any number of processes at once. What it has acknowledged is as safe as the server
/// makes its commits. People read it with <c>select * from errand.jobs</c>.
/// </summary>
/// <remarks>It goes on by itself after the server was away; every call that needs it meanwhile says so.</remarks>
public sealed partial class PostgreSqlJobStore : IJobStore
{
    private readonly PostgreSqlStoreOptions _options;
    private readonly WorkScheduler _scheduler;
    private readonly ILogger _logger;
    private readonly Connections _connections;
    private readonly Statements _statements;
    private readonly ChangeFeed _feed;
    private readonly Doorbell _doorbell;
    private bool _opened;

    /// <summary>A store over a database; nothing happens before it is opened.</summary>
    /// <param name="options">Where the database is.</param>
    /// <param name="time">The clock, for the time between two tries to listen again.</param>
    /// <param name="scheduler">Where it listens and tells.</param>
    /// <param name="logger">Where it says what goes wrong.</param>
    public PostgreSqlJobStore(PostgreSqlStoreOptions options, TimeProvider time, WorkScheduler scheduler, ILogger<PostgreSqlJobStore> logger)
    {
        options.Validate();
        _options = options;
        _scheduler = scheduler;
        _logger = logger;
        _connections = new(options);
        _statements = new(options.Schema);
        _feed = new(_connections, _statements, options.ChangesKept);
        _doorbell = new(_connections, _statements, time, scheduler, logger);
    }

    /// <inheritdoc/>
    public bool SpansHosts => true;

    /// <inheritdoc/>
    public string Description => _connections.Store;

    /// <inheritdoc/>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        await new StoreSchema(_connections, _options.Schema, _options.Migrations).PrepareAsync(cancellationToken);
        if (_opened) return;
        if (_options.Doorbell) await _doorbell.ListenAsync(cancellationToken);
        _opened = true;
    }

    /// <inheritdoc/>
    public async ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default) =>
        (await _connections.ListAsync(_statements.Find([id]), row => JobRow.Read(row), cancellationToken)).SingleOrDefault();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default) =>
        await _connections.ListAsync(_statements.History(id), row => new JobEvent(
            JobRow.Time(row, 0) ?? default, JobRow.Text(row, 1)!, JobRow.Text(row, 2), JobRow.Text(row, 3), row.GetInt32(4)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        int limit = Math.Clamp(query.Limit, 1, JobQuery.MaxLimit);
        var items = await _connections.ListAsync(QueryStatement.List(_statements, query, limit), row => JobRow.Read(row), cancellationToken);
        if (items.Count <= limit) return new(items, null);
        items.RemoveAt(limit);
        return new(items, items[^1].Id);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        var counts = Enum.GetValues<JobState>().ToDictionary(state => state, _ => 0L);
        var phases = await _connections.ListAsync(
            QueryStatement.Count(_statements, query), row => (Phase: (JobPhase)row.GetInt16(0), Count: row.GetInt64(1)), cancellationToken);
        foreach (var (phase, count) in phases) counts[phase.ToState()] += count;
        return counts;
    }

    /// <inheritdoc/>
    public async ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default) =>
        await _connections.ScalarAsync(_statements.Place(id, limit), row => (int?)row.GetInt64(0), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        await _feed.ReadAsync(cursor, limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default) =>
        await _connections.ScalarAsync(_statements.ReadRecord(name), row => new StoreRecord(row.GetInt64(0), JobRow.Data(row, 1)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default) =>
        await _connections.ScalarAsync(_statements.WriteRecord(name, expectedVersion, value), _ => true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(
        string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        await _connections.ListAsync(_statements.ListRecords(prefix, after, limit), row =>
            new NamedRecord(JobRow.Text(row, 0)!, new(row.GetInt64(1), JobRow.Data(row, 2))), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(
        string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        await _connections.ListAsync(
            _statements.Caps.List(prefix, after, limit), row => CapRow.Read(row).ToUse((int)row.GetInt64(9)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default)
    {
        if (!state.IsTerminal()) return [];
        return await _connections.ListAsync(_statements.Recent(kind, state.ToEnd(), limit), row => new JobTimes(
            JobRow.Time(row, 0) ?? default, JobRow.Time(row, 1) ?? default, JobRow.Time(row, 2), JobRow.Time(row, 3) ?? default), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default)
    {
        int removed = 0;
        var batch = new StatementBatch();
        batch.Lock(_statements.LockEnded(ids));
        batch.Ask(_statements.Remove(ids), row => removed = (int)row.GetInt64(0));
        batch.Do(_statements.Caps.ForgetIdle());
        await _connections.RunAsync(async connection =>
        {
            await batch.RunAsync(connection, cancellationToken);
            return true;
        }, cancellationToken);
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default)
    {
        List<UnmetDependency> unmet = [];
        List<JobHint> hints = [];
        bool more = false;
        limit = Math.Clamp(limit, 0, int.MaxValue - 1);
        await _connections.RunAsync(async connection =>
        {
            (unmet, hints, more) = ([], [], false);
            var batch = new StatementBatch();
            batch.Lock(_statements.Dependencies.LockForReleasing());
            batch.Ask(_statements.Dependencies.Tell(limit), row =>
            {
                more |= row.IsDBNull(0);
                if (row.IsDBNull(0)) return;
                var (child, phase) = (JobId.Parse(row.GetString(0)), (JobPhase)row.GetInt16(2));
                if (row.IsDBNull(1)) hints.Add(HintOf(child, row.GetInt64(3), phase, (JobHolds)row.GetInt16(4)));
                else unmet.Add(new(child, JobId.Parse(row.GetString(1)), phase));
            });
            batch.Do(_statements.Dependencies.Forget(limit));
            await batch.RunAsync(connection, cancellationToken);
            return true;
        }, cancellationToken);
        Tell(hints);
        return new(unmet, more);
    }

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<JobHint> hinted) => _doorbell.Subscribe(hinted);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _doorbell.DisposeAsync();
        await _connections.DisposeAsync();
    }

    /// <summary>Tells of what was written, and sees to it that the feed stays short.</summary>
    private void Tell(IReadOnlyCollection<JobHint> hints)
    {
        _doorbell.Ring(hints);
        if (_feed.IsTrimDue(hints.Count)) _scheduler.Run(TrimAsync);
    }

    private async Task TrimAsync()
    {
        try
        {
            await _feed.TrimAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is StoreUnavailableException or ObjectDisposedException)
        {
            // The next one will find more to do.
            Log.NotTrimmed(_logger, e.Message);
        }
    }

    // A job of a later time counts as well: whoever sleeps until the next one is due may have to wake before.
    private static JobHint HintOf(JobId id, long version, JobPhase phase, JobHolds holds) =>
        new(id, version, Ready: phase == JobPhase.Queued && (holds & (JobHolds.Session | JobHolds.Parents | JobHolds.Start)) == 0);

    private static JobHint HintOf(Job job) => HintOf(job.Id, job.Version, job.Phase, job.Holds);

    /// <summary>Reads a hint of id, version, phase and holds.</summary>
    private static JobHint ReadHint(NpgsqlDataReader row) => ReadHint(row, 0);

    private static JobHint ReadHint(NpgsqlDataReader row, int at) =>
        HintOf(JobId.Parse(row.GetString(at)), row.GetInt64(at + 1), (JobPhase)row.GetInt16(at + 2), (JobHolds)row.GetInt16(at + 3));
}
