namespace Errand.Storage;

// How a write changes the store: everything here needs the lock.
public sealed partial class MemoryJobStore
{
    private readonly Dictionary<(string Owner, string Key), StoredJob> _keys = [];
    private readonly Dictionary<(string Owner, string Session), SessionQueue> _sessions = [];
    private readonly Dictionary<JobId, OrderedJobs> _children = [];
    private readonly Dictionary<JobId, OrderedJobs> _batches = [];
    private readonly Dictionary<string, KindLines> _kinds = [];
    private readonly JobLine _future = new();
    private readonly long[] _counts = new long[Enum.GetValues<JobPhase>().Length];

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
        if (stored.Caps.Length > 0)
        {
            CountInCaps_NeedsLock(stored, before.Phase, -1);
            CountInCaps_NeedsLock(stored, stored.Job.Phase, +1);
        }
        if (stored.Job.Phase == JobPhase.Queued) SettleSessionHold(stored);
        Settle_NeedsLock(stored, hints);
        if (stored.Caps.Length > 0 && SettleCaps_NeedsLock(stored)) hints?.Add(new(before.Id, stored.Job.Version, Ready: true));
        if (stored.Job.IsTerminal && !before.IsTerminal) End_NeedsLock(stored, hints);
        _feed.Record(before.Id, stored.Job.Version);
    }

    /// <summary>Puts a job where it belongs after it was written: under its holder, and into the line it now stands in.</summary>
    private void Settle_NeedsLock(StoredJob stored, List<JobHint>? hints)
    {
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
            return job.Holds switch
            {
                JobHolds.None => (LinesOf_NeedsLock(job.Kind).Ready, job.Rank),
                JobHolds.Cap => (_caps[job.WaitsForCap!].Of(job.Kind), job.Rank),
                _ => default,
            };
        }
        return stored.Holder is { Lapsed: true } ? (LinesOf_NeedsLock(job.Kind).Orphaned, job.Rank) : default;
    }

    private void End_NeedsLock(StoredJob stored, List<JobHint>? hints)
    {
        _live.Remove(stored.Job.Id);
        // The caps of that name may by now be others than those that it stood under.
        stored.Caps = [];
        LinesOf_NeedsLock(stored.Job.Kind).EndedIn(stored.Job.Phase).Add(stored);
        ForgetParents_NeedsLock(stored);
        if (EnterForRelease_NeedsLock(stored)) hints?.Add(new(stored.Job.Id, stored.Job.Version, Ready: false, Releases: true));
        if (stored.Session is not { } session) return;
        session.Remove(stored);
        if (session.First is not { } next) _sessions.Remove((stored.Job.Owner, stored.Job.Spec.Session!));
        else if ((next.Job.Holds & JobHolds.Session) != 0)
        {
            SettleSessionHold(next);
            Settle_NeedsLock(next, hints);
        }
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
        if (stored.Job.Phase != JobPhase.Queued) return null;
        if (stored.Job is { Holds: JobHolds.Cap, WaitsForCap: { } cap }) return _caps[cap].CountBefore(stored, limit);
        if (stored.Job.Holds != JobHolds.None) return null;
        int place = 0;
        foreach (var lines in _kinds.Values) place += lines.Ready.CountBefore(stored, limit - place);
        return place;
    }

    private bool Remove_NeedsLock(JobId id)
    {
        if (!_jobs.TryGetValue(id, out var stored) || !stored.Job.IsTerminal || stored.LiveDependents > 0) return false;
        _jobs.Remove(id);
        _all.Remove(id);
        _counts[(int)stored.Job.Phase]--;
        LinesOf_NeedsLock(stored.Job.Kind).EndedIn(stored.Job.Phase).Remove(id);
        if (stored.Job.Spec.Parent is { } parent) Leave_NeedsLock(_children, parent, id);
        if (stored.Job.Spec.Batch is { } batch) Leave_NeedsLock(_batches, batch, id);
        if (stored.Job.Spec.Key is { } key) _keys.Remove((stored.Job.Owner, key));
        if (stored.Job.Spec.Fingerprint is { } fingerprint && _reusable.GetValueOrDefault((stored.Job.Owner, fingerprint)) == stored)
            _reusable.Remove((stored.Job.Owner, fingerprint));
        return true;
    }

    private static OrderedJobs GroupOf_NeedsLock(Dictionary<JobId, OrderedJobs> groups, JobId group)
    {
        if (!groups.TryGetValue(group, out var jobs)) groups.Add(group, jobs = new());
        return jobs;
    }

    private static void Leave_NeedsLock(Dictionary<JobId, OrderedJobs> groups, JobId group, JobId id)
    {
        groups[group].Remove(id);
        if (groups[group].IsEmpty) groups.Remove(group);
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
