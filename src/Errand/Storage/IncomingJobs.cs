namespace Errand.Storage;

/// <summary>Jobs that an add will bring, before the first of them is in: a store must know what it refuses before it adds anything.</summary>
public sealed class IncomingJobs
{
    private readonly HashSet<JobId> _ids = [];
    private readonly HashSet<(string Owner, string Key)> _keys = [];
    private readonly Dictionary<(string Owner, string Fingerprint), Job> _reusable = [];

    /// <summary>Notes a job that is not there yet and will be added.</summary>
    /// <param name="job">The job.</param>
    public void Add(Job job)
    {
        _ids.Add(job.Id);
        if (job.Spec.Key is { } key) _keys.Add((job.Owner, key));
        if (job.Spec is { Reuse: not JobReuse.None, Fingerprint: { } fingerprint }) _reusable[(job.Owner, fingerprint)] = job;
    }

    /// <summary>Whether a job of this id will be added.</summary>
    /// <param name="id">The id.</param>
    public bool Has(JobId id) => _ids.Contains(id);

    /// <summary>Whether one of them will answer for this job, so that it will not be added itself.</summary>
    /// <param name="job">The job.</param>
    public bool AnswerFor(Job job) =>
        _ids.Contains(job.Id)
        || (job.Spec.Key is { } key && _keys.Contains((job.Owner, key)))
        || (job.Spec is { Reuse: not JobReuse.None, Fingerprint: { } fingerprint }
            && _reusable.TryGetValue((job.Owner, fingerprint), out var other) && other.MayStandIn(job.CreatedAt));
}
