using Errand.Storage;

namespace Errand.Sqlite;

// How jobs come in.
internal sealed partial class WriteSession
{
    /// <summary>Adds jobs, as the port says.</summary>
    public IReadOnlyList<AddResult> Add(IReadOnlyList<Job> jobs)
    {
        var results = new AddResult[jobs.Count];
        // All or none: what cannot be added is found before the first one is.
        if (new AddCheck(this, jobs).Find() is var (place, refusal))
        {
            var others = new AddRefusal(RefusalReason.Others, jobs[place].Id.ToString());
            for (int i = 0; i < results.Length; i++) results[i] = new(false, jobs[i], i == place ? refusal : others);
            return results;
        }
        for (int i = 0; i < results.Length; i++) results[i] = Add(jobs[i]);
        return results;
    }

    private AddResult Add(Job job)
    {
        Parent[] parents = [];
        // What was not refused for a parent that is not there is there itself.
        if (!job.IsTerminal && !TryFindParents(job, out parents)) return new(false, Jobs.Existing(job)!);
        var held = job.Phase == JobPhase.Queued ? HeldBack(job, parents) : job;
        if (Jobs.Insert(held) is not { } seq)
        {
            if (Jobs.Existing(job) is { } existing) return new(false, existing);
            seq = Jobs.InsertInPlace(held);
        }
        if (held.Caps.Count > 0) JoinCaps(held);
        // One of a later time is news too: the next claim may have to come sooner.
        const JobHolds quiet = JobHolds.Session | JobHolds.Parents | JobHolds.Start;
        Note(job.Id, seq, job.Version, ready: job.Phase == JobPhase.Queued && (held.Holds & quiet) == 0);
        if (parents.Length > 0) StartAfter(parents, held, seq);
        return new(true, held);
    }

    private Job HeldBack(Job job, Parent[] parents)
    {
        var holds = job.Holds;
        if (job.Spec.Session is { } name) holds = Lines.IsBehind(name, job.Owner) ? holds | JobHolds.Session : holds & ~JobHolds.Session;
        int pending = parents.Count(parent => !parent.IsSettled);
        if (pending > 0) holds |= JobHolds.Parents;
        string? full = job.Caps.Count > 0 && holds == JobHolds.None ? CrowdedCapOf(job) : null;
        if (full is not null) holds = JobHolds.Cap;
        return holds == job.Holds && pending == job.PendingParents && full == job.WaitsForCap
            ? job
            : job with { Holds = holds, PendingParents = pending, WaitsForCap = full };
    }

    private string? CrowdedCapOf(Job job)
    {
        foreach (var cap in job.Caps)
            if (Caps.Of(cap.Name).IsCrowded(cap.Size)) return cap.Name;
        return null;
    }

    private void JoinCaps(Job job)
    {
        foreach (var cap in job.Caps)
        {
            var state = Caps.Of(cap.Name);
            state.Size = cap.Size;
            state.Count(job.Phase, +1);
        }
        if (job.WaitsForCap is { } full) Caps.Of(full).CountWaiting(+1);
    }

    private bool TryFindParents(Job job, out Parent[] parents)
    {
        parents = job.Spec.After.Count == 0 ? [] : new Parent[job.Spec.After.Count];
        for (int i = 0; i < parents.Length; i++)
        {
            var dependency = job.Spec.After[i];
            if (Jobs.PlaceOf(dependency.Job) is not var (seq, phase)) return false;
            // What is under way already waits for nothing.
            bool settled = job.Phase != JobPhase.Queued || (phase.IsTerminal() && dependency.IsMetBy(phase));
            parents[i] = new(seq, phase, dependency, settled);
        }
        return true;
    }

    private void StartAfter(Parent[] parents, Job job, long seq)
    {
        bool releases = false;
        for (int i = 0; i < parents.Length; i++)
        {
            var parent = parents[i];
            Dependencies.Add(seq, i, parent.Seq, parent.Dependency, parent.IsSettled);
            if (parent.IsSettled || !parent.Phase.IsTerminal()) continue;
            Dependencies.Enter(parent.Seq);
            releases = true;
        }
        if (releases) Hints.Add(new(job.Id, job.Version, Ready: false, Releases: true));
    }

    /// <summary>A job that another starts after.</summary>
    private readonly record struct Parent(long Seq, JobPhase Phase, JobDependency Dependency, bool IsSettled);
}
