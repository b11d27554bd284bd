namespace Errand.Storage;

/// <summary>
/// Keeps jobs in the memory of this process, and loses them with it. For tests, and for work that need not survive. Every method completes
/// before it returns.
/// </summary>
public sealed partial class MemoryJobStore : IJobStore
{
    private const int ScanBatch = 256;
    private const int FeedCapacity = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, StoredJob> _jobs = [];
    private readonly OrderedJobs _all = new();
    private readonly OrderedJobs _live = new();
    private readonly HintSubscribers _hints = new();
    private readonly ChangeFeed _feed;
    private bool _disposed;

    /// <summary>An empty store.</summary>
    public MemoryJobStore() : this(FeedCapacity) { }

    internal MemoryJobStore(int feedCapacity) => _feed = new(feedCapacity);

    /// <inheritdoc/>
    public string Description => "memory (jobs are lost when this process ends)";

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default) => default;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default)
    {
        foreach (var job in jobs) ArgumentNullException.ThrowIfNull(job, nameof(jobs));
        AddResult[] results;
        List<JobHint>? hints;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            hints = _hints.Collect();
            results = Add_NeedsLock(jobs, hints);
        }
        _hints.Raise(hints);
        return new(results);
    }

    /// <inheritdoc/>
    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(_jobs.GetValueOrDefault(id)?.Job);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(_jobs.GetValueOrDefault(id)?.History ?? []);
        }
    }

    /// <inheritdoc/>
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        int limit = Math.Clamp(query.Limit, 1, JobQuery.MaxLimit);
        // One more than the page holds tells whether it is the last.
        List<Job> items = [.. Scan(new(query), query.After, query.OldestFirst).Take(limit + 1)];
        if (items.Count <= limit) return new(new JobPage(items, null));
        items.RemoveAt(limit);
        return new(new JobPage(items, items[^1].Id));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        var counts = Enum.GetValues<JobState>().ToDictionary(state => state, _ => 0L);
        var filter = new JobFilter(query);
        if (filter.IsOnlyPhases) CountPhases(filter.Phases, counts);
        else
            foreach (var job in Scan(filter, after: null, oldestFirst: true)) counts[job.State]++;
        return new(counts);
    }

    /// <inheritdoc/>
    public ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(_jobs.GetValueOrDefault(id) is { } stored ? Place_NeedsLock(stored, limit) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default)
    {
        var results = new ApplyResult[writes.Count];
        List<JobHint>? hints;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            hints = _hints.Collect();
            for (int i = 0; i < results.Length; i++) results[i] = Apply_NeedsLock(writes[i], hints);
        }
        _hints.Raise(hints);
        return new(results);
    }

    /// <inheritdoc/>
    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        ClaimResult result;
        List<JobHint>? hints;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            hints = _hints.Collect();
            result = Claim_NeedsLock(request, hints);
        }
        _hints.Raise(hints);
        return new(result);
    }

    /// <inheritdoc/>
    public ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default)
    {
        ReleaseResult result;
        List<JobHint>? hints;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            hints = _hints.Collect();
            result = Release_NeedsLock(limit, hints);
        }
        _hints.Raise(hints);
        return new(result);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            var names = Page(_caps.Where(cap => cap.Value.Running + cap.Value.Queued > 0).Select(cap => cap.Key), prefix, after, limit);
            return new([.. names.Select(name => _caps[name]).Select(cap =>
                new CapUse(cap.Cap, cap.Running, cap.Queued, cap.Waiting, cap.Cap.Size.Rate is null ? null : cap.FreeAt))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default)
    {
        if (!state.IsTerminal() || limit <= 0) return new([]);
        var jobs = new Job[limit];
        int count;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            count = _kinds.GetValueOrDefault(kind)?.EndedIn(state.ToEnd()).CopyAfter(null, oldestFirst: false, jobs) ?? 0;
        }
        return new([.. jobs.Take(count).Select(job =>
            new JobTimes(job.CreatedAt, job.ScheduledAt, job.StartedAt, job.FinishedAt ?? job.LastActivityAt))]);
    }

    /// <inheritdoc/>
    public ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(Heartbeat_NeedsLock(beat));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default)
    {
        bool lapsed;
        List<JobHint>? hints;
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            hints = _hints.Collect();
            lapsed = Lapse_NeedsLock(runner, seenBeat, hints);
        }
        _hints.Raise(hints);
        return new(lapsed);
    }

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(_feed.Read(cursor, limit));
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(ids.Count(Remove_NeedsLock));
        }
    }

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<JobHint> hinted) => _hints.Add(hinted);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock) _disposed = true;
        return default;
    }

    // A long list must not hold up claims: the lock is held for one batch at a time.
    private IEnumerable<Job> Scan(JobFilter filter, JobId? after, bool oldestFirst)
    {
        if (ToScan(filter) is not { } jobs) yield break;
        var batch = new Job[ScanBatch];
        while (true)
        {
            int count;
            lock (_lock)
            {
                ThrowIfDisposed_NeedsLock();
                count = jobs.CopyAfter(after, oldestFirst, batch);
            }
            for (int i = 0; i < count; i++)
                if (filter.Means(batch[i])) yield return batch[i];
            if (count < batch.Length) yield break;
            after = batch[^1].Id;
        }
    }

    private OrderedJobs? ToScan(JobFilter filter)
    {
        lock (_lock)
        {
            if (filter.Batch is { } batch) return _batches.GetValueOrDefault(batch);
            if (filter.Parent is { } parent) return _children.GetValueOrDefault(parent);
        }
        return (filter.Phases & ~JobPhases.Live) == 0 ? _live : _all;
    }

    private void CountPhases(JobPhases phases, Dictionary<JobState, long> counts)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            foreach (var phase in Enum.GetValues<JobPhase>())
                if (phases.Has(phase)) counts[phase.ToState()] += _counts[(int)phase];
        }
    }

    private void ThrowIfDisposed_NeedsLock() => ObjectDisposedException.ThrowIf(_disposed, this);
}
