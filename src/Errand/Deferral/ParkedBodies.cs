using System.Collections.Concurrent;

namespace Errand;

/// <summary>
/// The bodies of calls whose jobs wait in the store for their turn. The runner of this process takes the body with the job; another process
/// runs the job by its kind, as any process would after a crash.
/// </summary>
internal sealed class ParkedBodies
{
    private readonly ConcurrentDictionary<JobId, IJobExecutor> _bodies = new();

    public void Park(JobId id, IJobExecutor body) => _bodies[id] = body;

    /// <summary>The body of a job that is about to run for the first time, if it waits here.</summary>
    public IJobExecutor? Take(Job job) => !_bodies.IsEmpty && _bodies.TryRemove(job.Id, out var body) && job.Attempt == 1 ? body : null;

    public void Drop(JobId id) => _bodies.TryRemove(id, out _);

    public bool Holds(JobId id) => _bodies.ContainsKey(id);
}
