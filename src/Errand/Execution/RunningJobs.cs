using System.Collections.Concurrent;

namespace Errand;

/// <summary>The executions in flight in this process: those of stored jobs by id, and the calls that no store knows yet.</summary>
internal sealed class RunningJobs
{
    private readonly ConcurrentDictionary<JobId, JobExecution> _stored = new();
    private readonly HashSet<JobExecution> _inline = [];
    private readonly Lock _lock = new();

    public int Count => _stored.Count;

    public int InlineCount
    {
        get
        {
            lock (_lock) return _inline.Count;
        }
    }

    public bool IsEmpty => _stored.IsEmpty && InlineCount == 0;

    public JobExecution? Find(JobId id) => _stored.GetValueOrDefault(id);

    public void Add(JobExecution execution) => _stored[execution.Id] = execution;

    public void Remove(JobExecution execution) => _stored.TryRemove(new(execution.Id, execution));

    public void AddInline(JobExecution execution)
    {
        lock (_lock) _inline.Add(execution);
    }

    public void RemoveInline(JobExecution execution)
    {
        lock (_lock) _inline.Remove(execution);
    }

    public IReadOnlyList<JobExecution> Stored() => [.. _stored.Values];

    public IReadOnlyList<JobExecution> Inline()
    {
        lock (_lock) return [.. _inline];
    }
}
