namespace Errand;

/// <summary>Who waits for which job's output. A waiter enters first and looks at the log then, so that no wake-up is missed.</summary>
internal sealed class OutputWaits
{
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, List<Waiter>> _waiters = [];
    private int _count;

    public Waiter Enter(JobId job)
    {
        var waiter = new Waiter(this, job);
        lock (_lock)
        {
            if (!_waiters.TryGetValue(job, out var list)) _waiters[job] = list = [];
            list.Add(waiter);
            _count++;
        }
        // Pairs with the barrier in Raise: either the writer sees this waiter, or the waiter sees what was written.
        Interlocked.MemoryBarrier();
        return waiter;
    }

    /// <summary>Wakes those that wait for a job. It costs next to nothing when nobody waits for any.</summary>
    public void Raise(JobId job)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0) return;
        lock (_lock)
        {
            if (!_waiters.TryGetValue(job, out var list)) return;
            foreach (var waiter in list) waiter.Raise();
        }
    }

    public void RaiseAll()
    {
        lock (_lock)
            foreach (var list in _waiters.Values)
                foreach (var waiter in list) waiter.Raise();
    }

    private void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_waiters.TryGetValue(waiter.Job, out var list) || !list.Remove(waiter)) return;
            _count--;
            if (list.Count == 0) _waiters.Remove(waiter.Job);
        }
    }

    /// <summary>One wait, until it is raised or disposed.</summary>
    public sealed class Waiter(OutputWaits waits, JobId job) : IDisposable
    {
        private readonly TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobId Job => job;

        public Task Raised => _raised.Task;

        public void Raise() => _raised.TrySetResult();

        public void Dispose() => waits.Leave(this);
    }
}
