using Errand.Storage;

namespace Errand.Mutation.Tests;

/// <summary>A store that mistakes what the transitions of one shape say.</summary>
/// <param name="inner">The store under it, which is sound.</param>
/// <param name="mutant">What it mistakes; nothing where it is sound.</param>
/// <param name="applied">Called with the shape of each transition.</param>
internal sealed class MutantStore(IJobStore inner, TransitionMutant? mutant, Action<TransitionShape>? applied = null) : IJobStore
{
    public string Description => $"{inner.Description}, where {mutant}";

    public async ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default)
    {
        JobWrite[] mutated = [.. writes.Select(write => write with { Transition = Mutated(write.Transition) })];
        var results = await inner.ApplyAsync(mutated, cancellationToken);
        return [.. results.Select((result, i) => result with { Edge = AsTold(result.Edge, mutated[i].Transition, writes[i].Transition) })];
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken = default) => inner.OpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default) =>
        inner.AddAsync(jobs, cancellationToken);

    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default) => inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default) =>
        inner.HistoryAsync(id, cancellationToken);

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        inner.CountAsync(query, cancellationToken);

    public ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default) =>
        inner.PlaceAsync(id, limit, cancellationToken);

    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) =>
        inner.ClaimAsync(request, cancellationToken);

    public ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default) =>
        inner.ReleaseAsync(limit, cancellationToken);

    public ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        inner.ListCapsAsync(prefix, after, limit, cancellationToken);

    public ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default) =>
        inner.RecentAsync(kind, state, limit, cancellationToken);

    public ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        inner.ListRecordsAsync(prefix, after, limit, cancellationToken);

    public ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default) =>
        inner.HeartbeatAsync(beat, cancellationToken);

    public ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default) =>
        inner.LapseAsync(runner, seenBeat, cancellationToken);

    public ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        inner.ChangesAsync(cursor, limit, cancellationToken);

    public ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default) =>
        inner.ReadRecordAsync(name, cancellationToken);

    public ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default) =>
        inner.WriteRecordAsync(name, expectedVersion, value, cancellationToken);

    public ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default) =>
        inner.RemoveAsync(ids, cancellationToken);

    public IDisposable Subscribe(Action<JobHint> hinted) => inner.Subscribe(hinted);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private JobTransition Mutated(JobTransition transition)
    {
        if (applied is null && mutant is null) return transition;
        var shape = TransitionShape.Of(transition);
        applied?.Invoke(shape);
        return mutant is not null && shape == mutant.Shape ? mutant.Mutate(transition) : transition;
    }

    // A store that is wrong does not know it: it answers with the arrow that it was given.
    private static JobEdge? AsTold(JobEdge? edge, JobTransition mutated, JobTransition told)
    {
        for (int i = 0; i < told.Edges.Count; i++)
            if (ReferenceEquals(mutated.Edges[i], edge)) return told.Edges[i];
        return null;
    }
}
