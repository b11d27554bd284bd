namespace Errand.Storage;

// How jobs come in: everything here needs the lock.
public sealed partial class MemoryJobStore
{
    private readonly Dictionary<(string Owner, string Fingerprint), StoredJob> _reusable = [];
    private readonly HashSet<string> _paused = [];
    private readonly HashSet<string> _draining = [];
    private long _arrivals;

    private AddResult[] Add_NeedsLock(IReadOnlyList<Job> jobs, List<JobHint>? hints)
    {
        var results = new AddResult[jobs.Count];
        // All or none: what cannot be added is found before the first one is.
        if (FindRefusal_NeedsLock(jobs) is { } refused)
        {
            for (int i = 0; i < results.Length; i++)
                results[i] = new(false, jobs[i], i == refused.Place ? refused.Refusal : new(RefusalReason.Others, jobs[refused.Place].Id.ToString()));
            return results;
        }
        for (int i = 0; i < results.Length; i++) results[i] = Add_NeedsLock(jobs[i], hints);
        return results;
    }

    private AddResult Add_NeedsLock(Job job, List<JobHint>? hints)
    {
        if (Existing_NeedsLock(job) is { } existing) return new(false, existing.Job);
        var stored = new StoredJob(job, ++_arrivals);
        if (job.Spec.Key is { } key) _keys.Add((job.Owner, key), stored);
        if (job.Spec is { Reuse: not JobReuse.None, Fingerprint: { } fingerprint }) _reusable[(job.Owner, fingerprint)] = stored;
        _jobs.Add(job.Id, stored);
        _all.Add(stored);
        if (job.Spec.Parent is { } parent) GroupOf_NeedsLock(_children, parent).Add(stored);
        if (job.Spec.Batch is { } batch) GroupOf_NeedsLock(_batches, batch).Add(stored);
        _counts[(int)job.Phase]++;
        if (!job.IsTerminal)
        {
            _live.Add(stored);
            if (job.Spec.Session is { } session) SessionOf_NeedsLock(job.Owner, session).Append(stored);
        }
        else LinesOf_NeedsLock(job.Kind).EndedIn(job.Phase).Add(stored);
        bool releases = job.Spec.After.Count > 0 && !job.IsTerminal && FollowParents_NeedsLock(stored);
        if (job.Phase == JobPhase.Queued) SettleSessionHold(stored);
        JoinCaps_NeedsLock(stored);
        CountInCaps_NeedsLock(stored, job.Phase, +1);
        Settle_NeedsLock(stored, hints);
        SettleCaps_NeedsLock(stored);
        if (releases) hints?.Add(new(job.Id, job.Version, Ready: false, Releases: true));
        _feed.Record(job.Id, job.Version);
        return new(true, stored.Job);
    }

    private StoredJob? Existing_NeedsLock(Job job)
    {
        if (_jobs.TryGetValue(job.Id, out var existing)) return existing;
        if (job.Spec.Key is { } key && _keys.TryGetValue((job.Owner, key), out existing)) return existing;
        if (job.Spec is not { Reuse: not JobReuse.None, Fingerprint: { } fingerprint }) return null;
        return _reusable.TryGetValue((job.Owner, fingerprint), out existing) && existing.Job.MayStandIn(job.CreatedAt) ? existing : null;
    }

    private (int Place, AddRefusal Refusal)? FindRefusal_NeedsLock(IReadOnlyList<Job> jobs)
    {
        if (_paused.Count + _draining.Count == 0 && ArePlain(jobs)) return null;
        var incoming = new IncomingJobs();
        Dictionary<string, int> queued = [];
        for (int i = 0; i < jobs.Count; i++)
        {
            if (Existing_NeedsLock(jobs[i]) is not null || incoming.AnswerFor(jobs[i])) continue;
            if (RefusalOf_NeedsLock(jobs[i], incoming, queued) is { } refusal) return (i, refusal);
            incoming.Add(jobs[i]);
        }
        return null;
    }

    private static bool ArePlain(IReadOnlyList<Job> jobs)
    {
        for (int i = 0; i < jobs.Count; i++)
            if (jobs[i].Caps.Count + jobs[i].Spec.After.Count > 0) return false;
        return true;
    }

    private AddRefusal? RefusalOf_NeedsLock(Job job, IncomingJobs incoming, Dictionary<string, int> queued)
    {
        foreach (var dependency in job.Spec.After)
            if (!_jobs.ContainsKey(dependency.Job) && !incoming.Has(dependency.Job))
                return new(RefusalReason.UnknownParent, dependency.Job.ToString());
        if (job.PromotedAt is not null) return null;
        if (Gate(_draining, job.Kind) is { } drained) return new(RefusalReason.Draining, drained);
        if (job.Phase == JobPhase.Running && Gate(_paused, job.Kind) is { } paused) return new(RefusalReason.Paused, paused);
        if (job.Phase != JobPhase.Queued) return null;
        foreach (var cap in job.Caps)
        {
            int before = (_caps.GetValueOrDefault(cap.Name)?.Queued ?? 0) + queued.GetValueOrDefault(cap.Name);
            if (cap.Size.Queued is { } most && before >= most) return new(RefusalReason.CapFull, cap.Name);
            queued[cap.Name] = queued.GetValueOrDefault(cap.Name) + 1;
        }
        return null;
    }

    private bool IsPaused_NeedsLock(string kind) => _paused.Count > 0 && Gate(_paused, kind) is not null;

    private static string? Gate(HashSet<string> kinds, string kind) => kinds.Contains("") ? "" : kinds.Contains(kind) ? kind : null;

    // A pause or a drain is a record like any other; its name is all that counts.
    private void NoteGate_NeedsLock(string name, bool exists)
    {
        foreach (var (prefix, kinds) in (ReadOnlySpan<(string, HashSet<string>)>)[(StoreRecord.Paused, _paused), (StoreRecord.Draining, _draining)])
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (exists) kinds.Add(name[prefix.Length..]);
            else kinds.Remove(name[prefix.Length..]);
        }
    }
}
