using Errand.Storage;

namespace Errand.PostgreSql;

/// <summary>Decides an add by what was found: what is refused, and how jobs are held that come in. It reads and writes nothing itself.</summary>
internal sealed class AddPlan(IReadOnlyList<Job> jobs, AddFindings findings)
{
    private readonly List<Job> _incoming = [];
    private readonly Dictionary<JobId, Job> _byId = [];
    private readonly Dictionary<(string Owner, string Key), Job> _byKey = [];
    private readonly Dictionary<(string Owner, string Fingerprint), Job> _reusable = [];
    private readonly Dictionary<JobId, JobId> _answeredBy = [];

    /// <summary>The jobs that come in, as they are first written.</summary>
    public List<Job> Added { get; } = [];

    public List<DependencyRow> Dependencies { get; } = [];

    /// <summary>Ended jobs that somebody now waits for in vain.</summary>
    public HashSet<JobId> ToRelease { get; } = [];

    /// <summary>The first refusal, where there is one; else everything is decided.</summary>
    public (int Place, AddRefusal Refusal)? Decide()
    {
        Dictionary<string, int> queued = [];
        for (int i = 0; i < jobs.Count; i++)
        {
            if (findings.Existing.ContainsKey(jobs[i].Id) || IsAnsweredFor(jobs[i])) continue;
            if (RefusalOf(jobs[i], queued) is { } refusal) return (i, refusal);
            NoteIncoming(jobs[i]);
        }
        foreach (var job in _incoming) Added.Add(Held(job));
        return null;
    }

    /// <summary>One answer for each job, in order.</summary>
    public AddResult[] Answers()
    {
        var added = Added.ToDictionary(job => job.Id);
        var results = new AddResult[jobs.Count];
        HashSet<JobId> seen = [];
        for (int i = 0; i < results.Length; i++)
        {
            var id = jobs[i].Id;
            if (findings.Existing.TryGetValue(id, out var existing)) results[i] = new(false, existing);
            else if (added.TryGetValue(id, out var job)) results[i] = new(seen.Add(id), job);
            else results[i] = new(false, added[_answeredBy[id]]);
        }
        return results;
    }

    /// <summary>The answers where one job is refused, and with it the others.</summary>
    public static AddResult[] Refuse(IReadOnlyList<Job> jobs, int place, AddRefusal refusal) =>
        [.. jobs.Select((job, i) => new AddResult(false, job, i == place ? refusal : new(RefusalReason.Others, jobs[place].Id.ToString())))];

    private bool IsAnsweredFor(Job job)
    {
        var other = _byId.GetValueOrDefault(job.Id)
            ?? (job.Spec.Key is { } key ? _byKey.GetValueOrDefault((job.Owner, key)) : null)
            ?? (Reusable(job) is { } name && _reusable.GetValueOrDefault(name) is { } alike && alike.MayStandIn(job.CreatedAt) ? alike : null);
        if (other is null) return false;
        if (other.Id != job.Id) _answeredBy[job.Id] = other.Id;
        return true;
    }

    private void NoteIncoming(Job job)
    {
        _incoming.Add(job);
        _byId.Add(job.Id, job);
        if (job.Spec.Key is { } key) _byKey[(job.Owner, key)] = job;
        if (Reusable(job) is { } name) _reusable[name] = job;
    }

    private static (string Owner, string Fingerprint)? Reusable(Job job) =>
        job.Spec is { Reuse: not JobReuse.None, Fingerprint: { } fingerprint } ? (job.Owner, fingerprint) : null;

    private AddRefusal? RefusalOf(Job job, Dictionary<string, int> queued)
    {
        foreach (var dependency in job.Spec.After)
            if (PhaseOf(dependency.Job) is null) return new(RefusalReason.UnknownParent, dependency.Job.ToString());
        if (job.PromotedAt is not null) return null;
        if (Gate(StoreRecord.Draining, job.Kind) is { } drained) return new(RefusalReason.Draining, drained);
        if (job.Phase == JobPhase.Running && Gate(StoreRecord.Paused, job.Kind) is { } paused) return new(RefusalReason.Paused, paused);
        if (job.Phase != JobPhase.Queued) return null;
        foreach (var cap in job.Caps)
        {
            int before = queued.GetValueOrDefault(cap.Name);
            if (findings.Caps[cap.Name].Queued + before >= cap.Size.Queued) return new(RefusalReason.CapFull, cap.Name);
            queued[cap.Name] = before + 1;
        }
        return null;
    }

    private JobPhase? PhaseOf(JobId parent) =>
        findings.Parents.TryGetValue(parent, out var phase) ? phase : _byId.GetValueOrDefault(parent)?.Phase;

    private string? Gate(string prefix, string kind) =>
        findings.Gates.Contains(prefix) ? "" : findings.Gates.Contains(prefix + kind) ? kind : null;

    private Job Held(Job job)
    {
        if (!job.IsTerminal) job = AfterParents(job);
        if (job.Phase == JobPhase.Queued) job = InSession(job);
        if (!job.IsTerminal && job.Spec.Session is { } session) findings.BusySessions.Add((job.Owner, session));
        return UnderCaps(job);
    }

    private Job AfterParents(Job job)
    {
        int pending = 0;
        for (int i = 0; i < job.Spec.After.Count; i++)
        {
            var dependency = job.Spec.After[i];
            var phase = PhaseOf(dependency.Job)!.Value;
            // What is under way already waits for nothing.
            bool waits = job.Phase == JobPhase.Queued && !(phase.IsTerminal() && dependency.IsMetBy(phase));
            Dependencies.Add(new(dependency.Job, job.Id, i, dependency.OnAnyEnd, Told: !waits));
            if (!waits) continue;
            pending++;
            if (phase.IsTerminal()) ToRelease.Add(dependency.Job);
        }
        return pending == 0 ? job : job with { PendingParents = pending, Holds = job.Holds | JobHolds.Parents };
    }

    private Job InSession(Job job)
    {
        bool waits = job.Spec.Session is { } session && findings.BusySessions.Contains((job.Owner, session));
        return job with { Holds = waits ? job.Holds | JobHolds.Session : job.Holds & ~JobHolds.Session };
    }

    private Job UnderCaps(Job job)
    {
        foreach (var cap in job.Caps) findings.Caps[cap.Name].Size = cap.Size;
        if (job is { Phase: JobPhase.Queued, Holds: JobHolds.None }
            && job.Caps.Select(cap => findings.Caps[cap.Name]).FirstOrDefault(cap => cap.IsCrowded) is { } crowded)
        {
            crowded.IsWaitedFor = true;
            job = job with { Holds = JobHolds.Cap, WaitsForCap = crowded.Name };
        }
        foreach (var cap in job.Caps) findings.Caps[cap.Name].CountAdded(job.Phase);
        return job;
    }
}
