namespace Errand;

/// <summary>What a job is after a write: the one place where an edge meets a job in memory.</summary>
public static class JobEvolution
{
    /// <summary>The job after an edge was applied to it.</summary>
    /// <param name="job">The job before.</param>
    /// <param name="edge">The edge that fits its phase.</param>
    /// <param name="at">When.</param>
    public static Job After(this Job job, JobEdge edge, DateTimeOffset at) => job.After(edge, at, job.Version + 1);

    /// <summary>The job after an edge was applied to it by a store that says which version it gave.</summary>
    /// <param name="job">The job before.</param>
    /// <param name="edge">The edge that fits its phase.</param>
    /// <param name="at">When.</param>
    /// <param name="version">The version after the write.</param>
    public static Job After(this Job job, JobEdge edge, DateTimeOffset at, long version)
    {
        var change = edge.Change;
        var fields = change.Fields;
        bool Sets(JobFields field) => (fields & field) != 0;
        return job with
        {
            Phase = edge.To ?? job.Phase,
            Version = version,
            LastActivityAt = at,
            Runner = Sets(JobFields.Runner) ? change.Runner : job.Runner,
            Attempt = Sets(JobFields.NextAttempt) ? job.Attempt + 1 : job.Attempt,
            StartedAt = Sets(JobFields.StartedAt) ? change.StartedAt : job.StartedAt,
            PromotedAt = Sets(JobFields.PromotedAt) ? change.PromotedAt : job.PromotedAt,
            FinishedAt = Sets(JobFields.FinishedAt) ? change.FinishedAt : job.FinishedAt,
            ScheduledAt = Sets(JobFields.Due) ? change.Due.At
                : Sets(JobFields.InLine) && change.InLineFrom > job.ScheduledAt ? change.InLineFrom : job.ScheduledAt,
            Holds = Sets(JobFields.Due) ? change.Due.IsFuture ? JobHolds.Future : JobHolds.None
                : Sets(JobFields.InLine) ? job.Holds & ~JobHolds.Start : job.Holds,
            WaitsForCap = Sets(JobFields.Due) ? null : job.WaitsForCap,
            Progress = Sets(JobFields.Progress) ? change.Progress : job.Progress,
            CancelRequest = Sets(JobFields.CancelRequest) ? change.CancelRequest : job.CancelRequest,
            Checkpoint = Sets(JobFields.Checkpoint) ? change.Checkpoint : job.Checkpoint,
            Inputs = Sets(JobFields.Inputs) ? change.Inputs : job.Inputs,
            Outcome = Sets(JobFields.Outcome) ? change.Outcome : job.Outcome,
            IsDeadLetter = Sets(JobFields.DeadLetter) ? change.DeadLetter : job.IsDeadLetter,
        };
    }

    /// <summary>A store's answer to a transition, as far as the job it read decides it; <c>Applied</c> means that the edge fits.</summary>
    /// <param name="transition">The transition.</param>
    /// <param name="job">The job as it is.</param>
    public static ApplyStatus Judge(this JobTransition transition, Job job)
    {
        if (transition.Already.Has(job.Phase)) return ApplyStatus.AlreadyApplied;
        if (transition.EdgeFrom(job.Phase) is null) return ApplyStatus.Refused;
        if (transition.Fence is { } fence && fence != job.Fence) return ApplyStatus.Refused;
        if (transition.ExpectedVersion is { } version && version != job.Version) return ApplyStatus.Refused;
        return ApplyStatus.Applied;
    }
}

/// <summary>What became of a transition.</summary>
public enum ApplyStatus
{
    /// <summary>It was written, durably.</summary>
    Applied,

    /// <summary>There was nothing left to do.</summary>
    AlreadyApplied,

    /// <summary>The job is not in a place from which it may happen, or belongs to another.</summary>
    Refused,

    /// <summary>There is no such job.</summary>
    Unknown,
}
