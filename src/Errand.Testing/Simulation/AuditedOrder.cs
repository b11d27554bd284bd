namespace Errand.Testing;

/// <summary>Knows which jobs must not be under way beside or before which: those of a session, under a cap, after others, or twins.</summary>
internal sealed class AuditedOrder(ISimulatedStores stores)
{
    /// <summary>What is wrong now that a job is as it is.</summary>
    public IEnumerable<string> ProblemsOf(Job job, IReadOnlyDictionary<JobId, Job> all)
    {
        if (job.IsTerminal) return OfEnded(job, all);
        var problems = OfTwins(job, all);
        return JobPhases.Held.Has(job.Phase) ? problems.Concat(OfSession(job, all)).Concat(OfCaps(job, all)).Concat(OfParents(job, all)) : problems;
    }

    private IEnumerable<string> OfSession(Job job, IReadOnlyDictionary<JobId, Job> all)
    {
        if (job.Spec.Session is not { } session) yield break;
        foreach (var other in all.Values)
        {
            bool beside = other.Id != job.Id && other.Spec.Session == session && other.Owner == job.Owner && JobPhases.Held.Has(other.Phase);
            if (beside && AreReally(JobPhases.Held, job.Id, other.Id))
                yield return $"{Auditor.Describe(job)} and {Auditor.Describe(other)} of session {session} are held at once";
        }
    }

    private IEnumerable<string> OfCaps(Job job, IReadOnlyDictionary<JobId, Job> all)
    {
        foreach (var cap in job.Caps)
        {
            if (cap.Size.Running is not { } most) continue;
            var under = all.Values.Where(other => JobPhases.Held.Has(other.Phase) && other.Caps.Any(its => its.Name == cap.Name));
            JobId[] held = [.. under.Select(other => other.Id)];
            if (held.Length > most && AreReally(JobPhases.Held, held))
                yield return $"{held.Length} jobs are under way under the cap {cap.Name}, which lets {most}: {string.Join(", ", held)}";
        }
    }

    private IEnumerable<string> OfParents(Job job, IReadOnlyDictionary<JobId, Job> all)
    {
        foreach (var dependency in job.Spec.After)
        {
            var parent = all.GetValueOrDefault(dependency.Job);
            // What was seen of it last may be old: its end is written by then.
            if (parent is not { IsTerminal: true }) parent = stores.Read(dependency.Job);
            if (parent is not { IsTerminal: true } || !dependency.IsMetBy(parent.Phase))
                yield return $"{Auditor.Describe(job)} has started after {(parent is null ? "nothing" : Auditor.Describe(parent))}";
        }
    }

    private IEnumerable<string> OfTwins(Job job, IReadOnlyDictionary<JobId, Job> all)
    {
        if (!job.MayStandIn(job.CreatedAt)) yield break;
        foreach (var other in all.Values)
        {
            bool twin =
                other.Id != job.Id && !other.IsTerminal && other.MayStandIn(other.CreatedAt)
                && other.Owner == job.Owner && other.Spec.Fingerprint == job.Spec.Fingerprint;
            if (twin && AreReally(JobPhases.Queued | JobPhases.Running | JobPhases.Waiting, job.Id, other.Id))
                yield return $"{job.Id} and {other.Id} are under way and the same";
        }
    }

    private IEnumerable<string> OfEnded(Job job, IReadOnlyDictionary<JobId, Job> all)
    {
        if (job.Outcome?.Error?.Code != JobErrorCodes.DependencyFailed) yield break;
        if (job.Attempt > 0) yield return $"{Auditor.Describe(job)} was started and then told that it never would be";
        bool anyFailed = job.Spec.After.Any(dependency =>
            (all.GetValueOrDefault(dependency.Job) ?? stores.Read(dependency.Job)) is { Phase: JobPhase.Failed } && !dependency.OnAnyEnd);
        if (!anyFailed) yield return $"{Auditor.Describe(job)} failed for a job before it, of which none has";
    }

    // What was seen of the others may be old. Read one after the other within one step: nothing can happen in between.
    private bool AreReally(JobPhases phases, params IEnumerable<JobId> ids) =>
        ids.All(id => stores.Read(id) is { } job && phases.Has(job.Phase));
}
