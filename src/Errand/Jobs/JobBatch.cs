namespace Errand;

/// <summary>
/// Jobs that are submitted together, all or none, and may start after one another: made by <see cref="IJobClient.CreateBatch"/>, and submitted
/// as one. Its progress, wait and cancel are those of all of its jobs.
/// </summary>
public sealed class JobBatch
{
    private readonly Func<JobId> _newId;
    private readonly List<(JobId Id, JobSpec Spec)> _jobs = [];

    internal JobBatch(Func<JobId> newId)
    {
        _newId = newId;
        Id = newId();
    }

    /// <summary>The name of the batch, see <see cref="JobSpec.Batch"/>.</summary>
    public JobId Id { get; }

    /// <summary>Its jobs, in the order in which they were added.</summary>
    public IReadOnlyList<(JobId Id, JobSpec Spec)> Jobs => _jobs;

    /// <summary>Adds a job.</summary>
    /// <param name="spec">What is asked for; it may start after jobs of the batch and after jobs that were submitted before.</param>
    /// <returns>The id that it will have.</returns>
    public JobId Add(JobSpec spec)
    {
        var id = NewId();
        Add(id, spec);
        return id;
    }

    /// <summary>Adds a job under an id that others of the batch could name before.</summary>
    /// <param name="id">From <see cref="NewId"/>.</param>
    /// <param name="spec">What is asked for.</param>
    public void Add(JobId id, JobSpec spec) => _jobs.Add((id, spec));

    /// <summary>An id for a job that is yet to be added.</summary>
    public JobId NewId() => _newId();

    /// <summary>The places of the jobs, those before others first.</summary>
    internal int[] InOrderOfStart()
    {
        var places = new Dictionary<JobId, int>(_jobs.Count);
        for (int i = 0; i < _jobs.Count; i++)
            if (!places.TryAdd(_jobs[i].Id, i)) throw new InvalidJobException("id", $"Two jobs of the batch have the id {_jobs[i].Id}.");
        var pending = new int[_jobs.Count];
        var after = new List<int>?[_jobs.Count];
        for (int i = 0; i < _jobs.Count; i++)
            foreach (var dependency in _jobs[i].Spec.After)
            {
                if (!places.TryGetValue(dependency.Job, out int parent)) continue;
                (after[parent] ??= []).Add(i);
                pending[i]++;
            }
        var order = new List<int>(_jobs.Count);
        for (int i = 0; i < pending.Length; i++)
            if (pending[i] == 0) order.Add(i);
        for (int done = 0; done < order.Count; done++)
            foreach (int next in after[order[done]] ?? [])
                if (--pending[next] == 0) order.Add(next);
        return order.Count == _jobs.Count ? [.. order] : throw Circle(places, pending);
    }

    // Each job that is left waits for another that is left, so a walk from one to the next comes round.
    private InvalidJobException Circle(Dictionary<JobId, int> places, int[] pending)
    {
        int at = Array.FindIndex(pending, count => count > 0);
        List<int> walk = [];
        while (!walk.Contains(at))
        {
            walk.Add(at);
            at = _jobs[at].Spec.After.Select(dependency => places.GetValueOrDefault(dependency.Job, -1))
                .First(place => place >= 0 && pending[place] > 0);
        }
        var circle = walk[walk.IndexOf(at)..].Append(at).Select(place => _jobs[place].Id.ToString());
        return new("after", walk.Count == 1
            ? $"Job {_jobs[at].Id} is to start after itself; leave itself out of what it starts after."
            : $"These jobs wait for one another and would never start: {string.Join(" after ", circle)}.");
    }
}
