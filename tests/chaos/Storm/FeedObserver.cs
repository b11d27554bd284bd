using Errand.Storage;

namespace Errand.Chaos.Tests.Storm;

/// <summary>Reads the feed of changes as a dashboard does, and remembers each job as it first ended.</summary>
internal sealed class FeedObserver(IJobStore store)
{
    private const int Page = 1000;
    private readonly Dictionary<JobId, Job> _ends = [];
    private readonly Dictionary<JobId, long> _versions = [];
    private readonly List<string> _problems = [];

    public IReadOnlyCollection<Job> Ends => _ends.Values;

    public IReadOnlyList<string> Problems => _problems;

    public long Changes { get; private set; }

    public int Resyncs { get; private set; }

    /// <summary>Reads until it is told to stop, and then all that is left.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        string cursor = (await store.ChangesAsync(null, 1, CancellationToken.None)).Next;
        while (true)
        {
            bool last = stop.IsCancellationRequested;
            var page = await store.ChangesAsync(cursor, Page, CancellationToken.None);
            cursor = page.Next;
            if (page.Resync) await ReadAllAsync();
            foreach (var change in page.Items) await LookAsync(change);
            if (page.Items.Count > 0) continue;
            if (last) return;
            await Task.WhenAny(Task.Delay(20, stop));
        }
    }

    private async Task LookAsync(JobChanged change)
    {
        Changes++;
        if (_ends.TryGetValue(change.Job, out var end))
        {
            if (change.Version > end.Version) _problems.Add($"{change.Job} ended with version {end.Version} and was written again as {change.Version}");
            return;
        }
        // One that was read at a later version has been seen.
        if (_versions.GetValueOrDefault(change.Job) >= change.Version) return;
        if (await store.FindAsync(change.Job, CancellationToken.None) is { } job) Look(job);
        else _problems.Add($"{change.Job} is in the feed and not in the store");
    }

    private async Task ReadAllAsync()
    {
        Resyncs++;
        await foreach (var job in StoredJobs.AllAsync(store)) Look(job);
    }

    private void Look(Job job)
    {
        if (job.Version < _versions.GetValueOrDefault(job.Id)) _problems.Add($"{job.Id} went from version {_versions[job.Id]} back to {job.Version}");
        _versions[job.Id] = job.Version;
        if (job.IsTerminal) _ends.TryAdd(job.Id, job);
    }
}
