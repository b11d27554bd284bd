using Errand.Storage;

namespace Errand.Testing.Conformance;

/// <summary>Catches hints, and lets a test wait for one.</summary>
internal sealed class HintTrap : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<JobHint> _caught = [];
    private readonly List<(Predicate<JobHint> Wanted, TaskCompletionSource Seen)> _waiting = [];
    private readonly IDisposable _subscription;

    public HintTrap(IJobStore store) => _subscription = store.Subscribe(Catch);

    public IReadOnlyList<JobHint> Caught
    {
        get
        {
            lock (_lock) return [.. _caught];
        }
    }

    /// <summary>Ends once a hint that is wanted has come, before or after the call.</summary>
    public Task WaitAsync(Predicate<JobHint> wanted)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_caught.Exists(wanted)) return Task.CompletedTask;
            _waiting.Add((wanted, seen));
        }
        return seen.Task;
    }

    public void Dispose() => _subscription.Dispose();

    private void Catch(JobHint hint)
    {
        lock (_lock)
        {
            _caught.Add(hint);
            foreach (var (wanted, seen) in _waiting)
                if (wanted(hint)) seen.TrySetResult();
        }
    }
}
