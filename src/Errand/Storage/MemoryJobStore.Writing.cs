namespace Errand.Storage;

// How a write changes the store: everything here needs the lock.
public sealed partial class MemoryJobStore
{
    private readonly Dictionary<(string Owner, string Key), StoredJob> _keys = [];
    private readonly Dictionary<(string Owner, string Session), SessionQueue> _sessions = [];
    private readonly Dictionary<JobId, OrderedJobs> _children = [];
    private readonly Dictionary<string, KindLines> _kinds = [];
    private readonly JobLine _future = new();
    private readonly long[] _counts = new long[Enum.GetValues<JobPhase>().Length];
    private long _arrivals;

    private AddResult Add_NeedsLock(Job job, List<JobHint>? hints)
    {
        if (_jobs.TryGetValue(job.Id, out var existing)) return new(false, existing.Job);
        if (job.Spec.Key is { } key && _keys.TryGetValue((job.Owner, key), out existing)) return new(false, existing.Job);

        var stored = new StoredJob(job, ++_arrivals);
        if (job.Spec.Key is { } added) _keys.Add((job.Owner, added), stored);
        _jobs.Add(job.Id, stored);
        _all.Add(stored);
        if (job.Spec.Parent is { } parent) ChildrenOf_NeedsLock(parent).Add(stored);
        _counts[(int)job.Phase]++;
        if (!job.IsTerminal)
        {
            _live.Add(stored);
            if (job.Spec.Session is { } session) SessionOf_NeedsLock(job.Owner, session).Append(stored);
        }
        Settle_NeedsLock(stored, hints);
        _feed.Record(job.Id, job.Version);
        return new(true, stored.Job);
    }

    private ApplyResult Apply_NeedsLock(JobWrite write, List<JobHint>? hints)
    {
        if (!_jobs.TryGetValue(write.Id, out var stored)) return new(ApplyStatus.Unknown);
        var status = write.Transition.Judge(stored.Job);
        if (status != ApplyStatus.Applied) return new(status, null, stored.Job.Version, stored.Job);
        var edge = write.Transition.EdgeFrom(stored.Job.Phase)!;
        Write_NeedsLock(stored, edge, write.Transition.At, hints);
        return new(ApplyStatus.Applied, edge, stored.Job.Version);
    }

    private void Write_NeedsLock(StoredJob stored, JobEdge edge, DateTimeOffset at, List<JobHint>? hints)
    {
        var before = stored.Job;
        stored.Job = before.After(edge, at);
        if (edge.Events.Count > 0) stored.History = [.. stored.History, .. edge.Events];
        _counts[(int)before.Phase]--;
        _counts[(int)stored.Job.Phase]++;
        Settle_NeedsLock(stored, hints);
        if (stored.Job.IsTerminal && !before.IsTerminal) End_NeedsLock(stored, hints);
        _feed.Record(before.Id, stored.Job.Version);
    }

    /// <summary>Puts a job where it belongs after it was written: under its holder, and into the line it now stands in.</summary>
    private void Settle_NeedsLock(StoredJob stored, List<JobHint>? hints)
    {
        if (stored.Job.Phase == JobPhase.Queued) SettleSessionHold(stored);
        SettleHolder_NeedsLock(stored);
        var (line, key) = LineOf_NeedsLock(stored);
        bool entered = line is not null && line != stored.Line;
        if (line != stored.Line || key != stored.LineKey)
        {
            stored.Line?.Remove(stored);
            line?.Add(stored, key);
        }
        hints?.Add(new(stored.Job.Id, stored.Job.Version, entered));
    }

    private static void SettleSessionHold(StoredJob stored)
    {
        var job = stored.Job;
        bool waits = stored.Session is { } session && session.First != stored;
        var holds = waits ? job.Holds | JobHolds.Session : job.Holds & ~JobHolds.Session;
        if (holds != job.Holds) stored.Job = job with { Holds = holds };
    }

    private (JobLine? Line, long Key) LineOf_NeedsLock(StoredJob stored)
    {
        var job = stored.Job;
        if (job.Phase == JobPhase.Queued)
        {
            if ((job.Holds & JobHolds.Future) != 0) return (_future, job.ScheduledAt.UtcTicks);
            return job.Holds == JobHolds.None ? (LinesOf_NeedsLock(job.Kind).Ready, job.Rank) : default;
        }
        return stored.Holder is { Lapsed: true } ? (LinesOf_NeedsLock(job.Kind).Orphaned, job.Rank) : default;
    }

    private void End_NeedsLock(StoredJob stored, List<JobHint>? hints)
    {
        _live.Remove(stored.Job.Id);
        if (stored.Session is not { } session) return;
        session.Remove(stored);
        if (session.First is not { } next) _sessions.Remove((stored.Job.Owner, stored.Job.Spec.Session!));
        else if ((next.Job.Holds & JobHolds.Session) != 0) Settle_NeedsLock(next, hints);
    }

    // A hold that is lifted is no write of the job: its version stays, and the change is told by a hint alone.
    private void LiftDue_NeedsLock(DateTimeOffset now, List<JobHint>? hints)
    {
        while (_future.First is { } due && due.Job.ScheduledAt <= now)
        {
            due.Job = due.Job with { Holds = due.Job.Holds & ~JobHolds.Future };
            Settle_NeedsLock(due, hints);
        }
    }

    private int? Place_NeedsLock(StoredJob stored, int limit)
    {
        if (stored.Job.Phase != JobPhase.Queued || stored.Job.Holds != JobHolds.None) return null;
        int place = 0;
        foreach (var lines in _kinds.Values) place += lines.Ready.CountBefore(stored, limit - place);
        return place;
    }

    private bool Remove_NeedsLock(JobId id)
    {
        if (!_jobs.TryGetValue(id, out var stored) || !stored.Job.IsTerminal) return false;
        _jobs.Remove(id);
        _all.Remove(id);
        _counts[(int)stored.Job.Phase]--;
        if (stored.Job.Spec.Parent is { } parent) RemoveChild_NeedsLock(parent, id);
        if (stored.Job.Spec.Key is { } key) _keys.Remove((stored.Job.Owner, key));
        return true;
    }

    private OrderedJobs ChildrenOf_NeedsLock(JobId parent)
    {
        if (!_children.TryGetValue(parent, out var children)) _children.Add(parent, children = new());
        return children;
    }

    private void RemoveChild_NeedsLock(JobId parent, JobId child)
    {
        var children = _children[parent];
        children.Remove(child);
        if (children.IsEmpty) _children.Remove(parent);
    }

    private SessionQueue SessionOf_NeedsLock(string owner, string session)
    {
        if (!_sessions.TryGetValue((owner, session), out var queue)) _sessions.Add((owner, session), queue = new());
        return queue;
    }

    private KindLines LinesOf_NeedsLock(string kind)
    {
        if (!_kinds.TryGetValue(kind, out var lines)) _kinds.Add(kind, lines = new());
        return lines;
    }
}
