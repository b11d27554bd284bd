using System.Runtime.CompilerServices;

namespace Errand;

// Looking at jobs.
internal sealed partial class JobClient
{
    private const int LastLines = 10;
    private const int LongestLine = 4096;

    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default) => Store.FindAsync(id, cancellationToken);

    public async ValueTask<Job> GetAsync(JobId id, CancellationToken cancellationToken = default) =>
        await Store.FindAsync(id, cancellationToken) ?? throw new JobNotFoundException(id);

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        CheckQuery(query);
        return Store.ListAsync(query, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        CheckQuery(query);
        return Store.CountAsync(query, cancellationToken);
    }

    public async ValueTask<JobStatus> StatusAsync(JobId id, CancellationToken cancellationToken = default)
    {
        var job = await GetAsync(id, cancellationToken);
        string[] lines = job.Attempt == 0 ? [] : await LastLinesAsync(id, cancellationToken);
        return new(job, await _core.History.EtaAsync(job, cancellationToken), await WhyWaitingAsync(job, cancellationToken), lines);
    }

    private async ValueTask<string[]> LastLinesAsync(JobId id, CancellationToken cancellationToken)
    {
        var view = new OutputView { StripEscapes = true, MaxLineBytes = LongestLine };
        var tail = await _core.OutputLog.TailAsync(id, LastLines, view, cancellationToken);
        return [.. tail.Lines.Select(line => line.Text)];
    }

    public async ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default)
    {
        var job = await GetAsync(id, cancellationToken);
        return JobHistory.Of(job, await Store.HistoryAsync(id, cancellationToken));
    }

    public async ValueTask<JobData> GetResultAsync(JobId id, CancellationToken cancellationToken = default)
    {
        var job = await GetAsync(id, cancellationToken);
        if (!job.IsTerminal) throw new JobNotFinishedException(job);
        if (job.State != JobState.Completed) throw new JobFailedException(job);
        return (await OutcomeOf(job, cancellationToken)).Result;
    }

    public ValueTask<JobOutcome> GetOutcomeAsync(Job job, CancellationToken cancellationToken = default) =>
        job.IsTerminal ? OutcomeOf(job, cancellationToken) : throw new JobNotFinishedException(job);

    public async ValueTask<OutputSlice> ReadOutputAsync(JobId id, OutputRange range, CancellationToken cancellationToken = default)
    {
        await GetAsync(id, cancellationToken);
        return await _core.OutputLog.ReadAsync(id, range, cancellationToken);
    }

    public async IAsyncEnumerable<OutputSlice> FollowOutputAsync(
        JobId id, int? attempt = null, long offset = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int current = attempt ?? Math.Max(1, (await GetAsync(id, cancellationToken)).Attempt);
        while (true)
        {
            // Read the job before the log: what it wrote before it ended is then in the log.
            var job = await GetAsync(id, cancellationToken);
            var slice = await _core.OutputLog.ReadAsync(id, new() { Attempt = current, Offset = offset }, cancellationToken);
            if (slice.Chunks.Count > 0 || slice.Skipped > 0) yield return slice;
            offset = Math.Max(offset, slice.NextOffset);
            if (!slice.AtEnd) continue;
            if (job.Attempt > current) (current, offset) = (current + 1, 0);
            else if (job.IsTerminal) yield break;
            else await WaitForOutputAsync(job, current, offset, cancellationToken);
        }
    }

    public async ValueTask<int> PurgeAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        CheckQuery(query);
        query = query with
        {
            States = query.States.Count == 0 ? JobStates.Ended : [.. query.States.Intersect(JobStates.Ended)],
            Limit = JobQuery.MaxLimit,
            After = null,
        };
        int removed = 0;
        if (query.States.Count == 0) return removed;
        for (JobPage page; ; query = query with { After = page.Next })
        {
            page = await Store.ListAsync(query, cancellationToken);
            removed += await _core.Remover.RemoveAsync([.. page.Items.Select(job => job.Id)], cancellationToken);
            if (page.Next is null) return removed;
        }
    }

    private static void CheckQuery(JobQuery query)
    {
        if (query.Limit is < 1 or > JobQuery.MaxLimit)
            throw new InvalidJobException("limit", $"The limit is {query.Limit}; it must be from 1 to {JobQuery.MaxLimit}.");
    }

    /// <summary>Until there is more output, or the job has changed.</summary>
    private async ValueTask WaitForOutputAsync(Job job, int attempt, long offset, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = WaitQuietly(_core.OutputLog.WaitAsync(job.Id, attempt, offset, either.Token));
        // A log that is complete says so at once: then only the job can bring news.
        if (output.IsCompleted && !await output) await WaitAsync(job.Id, new() { AfterVersion = job.Version }, cancellationToken);
        else
        {
            var news = WaitAsync(job.Id, new() { AfterVersion = job.Version }, either.Token).AsTask();
            await Task.WhenAny(output, news);
            either.Cancel();
            await Task.WhenAny(Task.WhenAll(output, news));
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task<bool> WaitQuietly(ValueTask<bool> wait)
    {
        try { return await wait; }
        catch (OperationCanceledException) { return true; }
    }

    public ValueTask<KindStatistics> StatisticsAsync(string kind, CancellationToken cancellationToken = default)
    {
        JobSpecRules.CheckKind(kind);
        return _core.History.OfAsync(kind, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<ParentOutcome>> ParentsAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        List<ParentOutcome> parents = new(spec.After.Count);
        foreach (var dependency in spec.After)
        {
            var parent = await GetAsync(dependency.Job, cancellationToken);
            parents.Add(new(parent.Id, await OutcomeOf(parent, cancellationToken)));
        }
        return parents;
    }

    /// <summary>How a job ended, with its result wherever that is kept.</summary>
    public async ValueTask<JobOutcome> OutcomeOf(Job job, CancellationToken cancellationToken) => job.Outcome?.LargeResultBytes is null
        ? job.Outcome!
        : job.Outcome with { Result = await _core.OutputLog.ReadResultAsync(job.Id, job.Attempt, cancellationToken) };

    public async ValueTask<IReadOnlyList<JobAttempt>> AttemptsAsync(JobId id, CancellationToken cancellationToken = default)
    {
        var job = await GetAsync(id, cancellationToken);
        return JobHistory.AttemptsOf(job, await Store.HistoryAsync(id, cancellationToken));
    }
}
