using Errand.Storage;

namespace Errand;

/// <summary>
/// Finds jobs that the store says this runner holds and that it does not know: a write was done and its answer was lost. A job counts as
/// lost when two beats in a row name it and every claim that was open at the first of them has been answered.
/// </summary>
internal sealed class LostAnswerWatch(RunningJobs running)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, int> _settling = [];
    private readonly List<long> _open = [];
    private Dictionary<(JobId, int), long> _suspects = [];
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
        lock (_lock) _settling[id] = _settling.GetValueOrDefault(id) + 1;
    }

    /// <summary>The one that settled this job has done so.</summary>
    public void Forget(JobId id)
    {
        lock (_lock)
        {
            if (!_settling.TryGetValue(id, out int settlers)) return;
            if (settlers == 1) _settling.Remove(id);
            else _settling[id] = settlers - 1;
        }
    }

    /// <summary>The jobs among those of a beat's answer that are lost.</summary>
    public IReadOnlyList<JobId> Confirm(IReadOnlyList<HeldJob> held)
    {
        lock (_lock)
        {
            var suspects = new Dictionary<(JobId, int), long>();
            List<JobId> lost = [];
            foreach (var job in held)
            {
                if (running.Find(job.Id) is not null || _settling.ContainsKey(job.Id)) continue;
                // The answer of a beat may be older than what happened here since: only the same attempt twice counts.
                var attempt = (job.Id, job.Attempt);
                if (!_suspects.TryGetValue(attempt, out long asked)) suspects[attempt] = _asked;
                else if (_open.Exists(question => question <= asked)) suspects[attempt] = asked;
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
