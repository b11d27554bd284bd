using Errand.Storage;

namespace Errand;

/// <summary>
/// Finds jobs that the store says this runner holds and that it does not know: a write was done and its answer was lost. A job counts as
/// lost when two beats in a row name it and every claim that was open at the first of them has been answered.
/// </summary>
internal sealed class LostAnswerWatch(RunningJobs running)
{
    private readonly Lock _lock = new();
    private readonly HashSet<JobId> _settling = [];
    private readonly List<long> _open = [];
    private Dictionary<JobId, long> _suspects = [];
    private long _asked;

    /// <summary>A claim is under way: until it is answered, nothing that it may bring is lost.</summary>
    public Question Ask()
    {
        lock (_lock)
        {
            _open.Add(++_asked);
            return new(this, _asked);
        }
    }

    /// <summary>This job is known to somebody here, although it does not run.</summary>
    public void Settle(JobId id)
    {
        lock (_lock) _settling.Add(id);
    }

    /// <summary>Nobody here cares for this job any more.</summary>
    public void Forget(JobId id)
    {
        lock (_lock) _settling.Remove(id);
    }

    /// <summary>The jobs among those of a beat's answer that are lost.</summary>
    public IReadOnlyList<JobId> Confirm(IReadOnlyList<HeldJob> held)
    {
        lock (_lock)
        {
            var suspects = new Dictionary<JobId, long>();
            List<JobId> lost = [];
            foreach (var job in held)
            {
                if (running.Find(job.Id) is not null || _settling.Contains(job.Id)) continue;
                if (!_suspects.TryGetValue(job.Id, out long asked)) suspects[job.Id] = _asked;
                else if (_open.Exists(question => question <= asked)) suspects[job.Id] = asked;
                else lost.Add(job.Id);
            }
            _suspects = suspects;
            return lost;
        }
    }

    public readonly struct Question(LostAnswerWatch watch, long number) : IDisposable
    {
        public void Dispose()
        {
            lock (watch._lock) watch._open.Remove(number);
        }
    }
}
