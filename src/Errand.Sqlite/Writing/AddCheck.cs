using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Whether jobs may be added: the one that is in the way of all, and why.</summary>
internal readonly struct AddCheck(WriteSession session, IReadOnlyList<Job> jobs)
{
    // A job that is there already is not refused, and takes no room. To look for each one would cost more than the whole add, so that is done
    // only where one seems to be refused.
    public (int Place, AddRefusal Refusal)? Find() => Find(null) is null ? null : Find(new IncomingJobs());

    private (int Place, AddRefusal Refusal)? Find(IncomingJobs? incoming)
    {
        bool gated = session.Gates.Any;
        Dictionary<string, int>? queued = null;
        for (int i = 0; i < jobs.Count; i++)
        {
            var job = jobs[i];
            if (incoming is not null && (session.Jobs.Existing(job) is not null || incoming.AnswerFor(job))) continue;
            bool isPlain = !gated && job.Caps.Count == 0 && job.Spec.After.Count == 0;
            if (!isPlain && RefusalOf(job, incoming, ref queued) is { } refusal) return (i, refusal);
            incoming?.Add(job);
        }
        return null;
    }

    private AddRefusal? RefusalOf(Job job, IncomingJobs? incoming, ref Dictionary<string, int>? queued)
    {
        foreach (var dependency in job.Spec.After)
            if (incoming?.Has(dependency.Job) != true && session.Jobs.PlaceOf(dependency.Job) is null)
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
