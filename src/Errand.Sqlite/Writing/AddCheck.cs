using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Whether jobs may be added: the one that is in the way of all, and why.</summary>
internal readonly struct AddCheck(WriteSession session, IReadOnlyList<Job> jobs)
{
    // A job that is there already is not refused, and takes no room. To look for each one would cost more than the whole add, so that is done
    // only where one seems to be refused.
    public (int Place, AddRefusal Refusal)? Find() => Find(exactly: false) is null ? null : Find(exactly: true);

    private (int Place, AddRefusal Refusal)? Find(bool exactly)
    {
        bool gated = session.Gates.Any;
        Dictionary<string, int>? queued = null;
        HashSet<JobId>? given = null;
        for (int i = 0; i < jobs.Count; i++)
        {
            var job = jobs[i];
            if (job.Spec.After.Count > 0) given ??= [.. jobs.Take(i).Select(before => before.Id)];
            given?.Add(job.Id);
            if (!gated && job.Caps.Count == 0 && job.Spec.After.Count == 0) continue;
            if (exactly && session.Jobs.Existing(job) is not null) continue;
            if (RefusalOf(job, given, ref queued) is { } refusal) return (i, refusal);
        }
        return null;
    }

    private AddRefusal? RefusalOf(Job job, HashSet<JobId>? given, ref Dictionary<string, int>? queued)
    {
        foreach (var dependency in job.Spec.After)
            if (given?.Contains(dependency.Job) != true && session.Jobs.PlaceOf(dependency.Job) is null)
                return new(RefusalReason.UnknownParent, dependency.Job.ToString());
        if (job.PromotedAt is not null) return null;
        if (session.Gates.DrainsOf(job.Kind) is { } drained) return new(RefusalReason.Draining, drained);
        if (job.Phase != JobPhase.Queued)
            return job.Phase == JobPhase.Running && session.Gates.PausesOf(job.Kind) is { } paused ? new(RefusalReason.Paused, paused) : null;
        foreach (var cap in job.Caps)
        {
            int before = queued?.GetValueOrDefault(cap.Name) ?? 0;
            if (cap.Size.Queued is { } most && session.Caps.Of(cap.Name).Queued + before >= most) return new(RefusalReason.CapFull, cap.Name);
            if (jobs.Count > 1) (queued ??= [])[cap.Name] = before + 1;
        }
        return null;
    }
}
