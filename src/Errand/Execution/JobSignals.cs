using Errand.Storage;

namespace Errand;

/// <summary>
/// Where the store's hints meet those who wait. Hints may be lost, so nothing here is relied upon: every waiter subscribes first, reads
/// then, and looks again now and then.
/// </summary>
internal sealed class JobSignals(TimeProvider time, TimeSpan pollInterval) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, List<JobWatch>> _watches = [];
    private IDisposable? _subscription;
    private ITimer? _poll;
    private Func<JobHint, bool>? _runner;
    private volatile int _watching;

    public void Attach(IJobStore store)
    {
        _subscription = store.Subscribe(OnHint);
        // One timer for all that wait, however many: each looks again now and then.
        _poll = time.CreateTimer(static signals => ((JobSignals)signals!).Tell(default, null), this, pollInterval, pollInterval);
    }

    /// <summary>The one runner of this process hears every hint, and answers whether it will tell those who wait itself.</summary>
    public void Attach(Func<JobHint, bool> runner) => _runner = runner;

    public JobWatch Watch(JobId job)
    {
        var watch = new JobWatch(this, job, time);
        lock (_lock)
        {
            if (!_watches.TryGetValue(job, out var list)) _watches[job] = list = new(1);
            list.Add(watch);
            _watching++;
        }
        return watch;
    }

    /// <summary>This process has just written this version: those who wait need not read it again.</summary>
    public void Publish(Job job) => Tell(job.Id, job);

    /// <summary>A job may have changed: those who wait should read it.</summary>
    public void Nudge(JobId job) => Tell(job, null);

    public void Dispose()
    {
        _poll?.Dispose();
        _subscription?.Dispose();
    }

    internal void Forget(JobWatch watch)
    {
        lock (_lock)
        {
            if (!_watches.TryGetValue(watch.Job, out var list) || !list.Remove(watch)) return;
            _watching--;
            if (list.Count == 0) _watches.Remove(watch.Job);
        }
    }

    private void OnHint(JobHint hint)
    {
        if (_runner?.Invoke(hint) != true) Nudge(hint.Job);
    }

    private void Tell(JobId job, Job? snapshot)
    {
        if (_watching == 0) return;
        lock (_lock)
        {
            if (job.IsEmpty)
            {
                // A hint that names nobody is for everybody.
                foreach (var list in _watches.Values)
                    foreach (var watch in list) watch.Tell(null);
            }
            else if (_watches.TryGetValue(job, out var list))
            {
                foreach (var watch in list) watch.Tell(snapshot);
            }
        }
    }
}

/// <summary>One waiter's ear for one job.</summary>
internal sealed class JobWatch(JobSignals signals, JobId job, TimeProvider time) : IDisposable
{
    private readonly WakeUp _bell = new(time);
    private Job? _snapshot;

    public JobId Job { get; } = job;

    public void Tell(Job? snapshot)
    {
        if (snapshot is not null) Volatile.Write(ref _snapshot, snapshot);
        _bell.Ring();
    }

    /// <summary>The newest version that this process has written itself since the last call.</summary>
    public Job? TakeSnapshot() => Interlocked.Exchange(ref _snapshot, null);

    public async ValueTask SleepAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static bell => ((WakeUp)bell!).Ring(), _bell);
        await _bell.SleepAsync(atMost);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose() => signals.Forget(this);
}
