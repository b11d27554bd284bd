using Errand.Chaos.Tests.Processes;
using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Storm;

/// <summary>
/// Gives the workers jobs to submit and to cancel. What a worker has not acknowledged when it is killed is given to another, under the same
/// key: whether it was kept is not known.
/// </summary>
internal sealed class Feed(StormPlan plan, Ledger ledger)
{
    private const int MostAsked = 40;
    private readonly Lock _lock = new();
    private readonly Dictionary<WorkerProcess, HashSet<int>> _asked = [];
    private readonly Dictionary<WorkerProcess, HashSet<JobId>> _cancels = [];
    private readonly Queue<int> _again = [];
    private readonly Queue<JobId> _cancelAgain = [];
    private readonly PriorityQueue<JobId, int> _toCancel = new();
    private int _next;
    private int _turn;
    private bool _isLast;

    /// <summary>How many jobs were given out.</summary>
    public int Given => _next;

    /// <summary>How many submits were given out once more.</summary>
    public int GivenAgain { get; private set; }

    /// <summary>The strikes are over: what the plan has, and nothing more.</summary>
    public void Finish()
    {
        lock (_lock) _isLast = true;
    }

    public void Heard(WorkerProcess worker, string[] line)
    {
        lock (_lock)
        {
            switch (line[0])
            {
                case Words.Kept: Keep_NeedsLock(worker, int.Parse(line[1]), JobId.Parse(line[2])); break;
                case Words.NotKept: Return_NeedsLock(worker, int.Parse(line[1])); break;
                case Words.Answered:
                    Cancels_NeedsLock(worker).Remove(JobId.Parse(line[1]));
                    ledger.Answer(JobId.Parse(line[1]), Enum.Parse<StopAnswer>(line[2]));
                    break;
                case Words.NotAnswered:
                    Cancels_NeedsLock(worker).Remove(JobId.Parse(line[1]));
                    _cancelAgain.Enqueue(JobId.Parse(line[1]));
                    break;
            }
        }
    }

    public void Gone(WorkerProcess worker)
    {
        lock (_lock)
        {
            foreach (int ordinal in Asked_NeedsLock(worker).ToArray()) Return_NeedsLock(worker, ordinal);
            foreach (var id in Cancels_NeedsLock(worker)) _cancelAgain.Enqueue(id);
            _asked.Remove(worker);
            _cancels.Remove(worker);
        }
    }

    /// <summary>Gives out what is due.</summary>
    public void Give(IReadOnlyList<WorkerProcess> workers)
    {
        lock (_lock)
        {
            while (_toCancel.TryPeek(out var id, out int due) && due <= ledger.Ends.Value) _cancelAgain.Enqueue(_toCancel.Dequeue());
            while (PickFor_NeedsLock(workers) is { } worker && NextOrdinal_NeedsLock() is { } ordinal)
            {
                Asked_NeedsLock(worker).Add(ordinal);
                worker.Say(plan.Job(ordinal).Command);
            }
            if (workers.Count == 0) return;
            while (_cancelAgain.TryDequeue(out var id))
            {
                var worker = workers[_turn++ % workers.Count];
                Cancels_NeedsLock(worker).Add(id);
                worker.Say($"{Words.Cancel} {id}");
            }
        }
    }

    /// <summary>Cancels now what was to be cancelled later, for nothing else may end any more.</summary>
    public void CancelTheRest()
    {
        lock (_lock)
            while (_toCancel.TryDequeue(out var id, out _)) _cancelAgain.Enqueue(id);
    }

    private void Keep_NeedsLock(WorkerProcess worker, int ordinal, JobId id)
    {
        Asked_NeedsLock(worker).Remove(ordinal);
        if (ledger.Keep(ordinal, id) && plan.Job(ordinal).CancelAfter is { } after) _toCancel.Enqueue(id, ledger.Ends.Value + after);
    }

    private void Return_NeedsLock(WorkerProcess worker, int ordinal)
    {
        if (!Asked_NeedsLock(worker).Remove(ordinal)) return;
        _again.Enqueue(ordinal);
        GivenAgain++;
    }

    private int? NextOrdinal_NeedsLock()
    {
        if (_again.TryDequeue(out int again)) return again;
        bool isMore = _next < plan.Jobs || !_isLast;
        return isMore && _next - ledger.Ends.Value < StormPlan.LiveJobs(_next) ? _next++ : null;
    }

    private WorkerProcess? PickFor_NeedsLock(IReadOnlyList<WorkerProcess> workers)
    {
        for (int i = 0; i < workers.Count; i++)
        {
            var worker = workers[_turn++ % workers.Count];
            if (Asked_NeedsLock(worker).Count < MostAsked) return worker;
        }
        return null;
    }

    private HashSet<int> Asked_NeedsLock(WorkerProcess worker) => _asked.TryGetValue(worker, out var asked) ? asked : _asked[worker] = [];

    private HashSet<JobId> Cancels_NeedsLock(WorkerProcess worker) => _cancels.TryGetValue(worker, out var cancels) ? cancels : _cancels[worker] = [];
}
