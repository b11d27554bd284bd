using Errand.Storage;

namespace Errand;

/// <summary>
/// A stored job as the runner that holds it last knew it, and the one place in which that runner writes to it: one write at a time, each
/// signed with the fence, so that what others wrote in between is noticed by its version.
/// </summary>
internal sealed class RunningJob(IJobStore store, Job job)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Job _current = job;
    private volatile bool _writing;

    public Job Current => Volatile.Read(ref _current);

    /// <summary>What this run signs its writes with; where the job has another one, it belongs to another run.</summary>
    public JobFence Fence { get; } = job.Fence;

    /// <summary>Whether a hint tells of somebody else's write, as far as one can tell.</summary>
    public bool IsNews(JobHint hint) => hint.Version == 0 || hint.Version > Current.Version + (_writing ? 1 : 0);

    /// <summary>Reads what others may have written.</summary>
    public async ValueTask<Job?> RefreshAsync()
    {
        var job = await store.FindAsync(Current.Id);
        if (job is not null) Observe(job);
        return job;
    }

    /// <summary>Writes, once it is this write's turn.</summary>
    /// <param name="transition">Makes the transition from the job as it then is; none means that there is nothing left to write.</param>
    /// <returns>Whether it was written, and whether the version shows that others wrote in between.</returns>
    public async ValueTask<(ApplyStatus Status, bool OthersWrote)> WriteAsync(Func<Job, JobTransition?> transition)
    {
        await _turn.WaitAsync();
        try
        {
            if (Current.Fence != Fence) return (ApplyStatus.Refused, true);
            if (transition(Current) is not { } step) return (ApplyStatus.AlreadyApplied, false);
            _writing = true;
            var before = Current;
            var result = (await store.ApplyAsync([new(before.Id, step)]))[0];
            if (result.Status == ApplyStatus.Applied)
            {
                Observe(before.After(result.Edge!, step.At, result.Version));
                return (result.Status, result.Version != before.Version + 1);
            }
            if (result.Current is { } current) Observe(current);
            return (result.Status, true);
        }
        finally
        {
            _writing = false;
            _turn.Release();
        }
    }

    private void Observe(Job job)
    {
        while (true)
        {
            var known = Current;
            if (job.Version < known.Version) return;
            if (Interlocked.CompareExchange(ref _current, job, known) == known) return;
        }
    }
}
