using Errand.Storage;

namespace Errand.Testing;

/// <summary>A node's way to the store, in which calls take time, fail, and lose their answers, and processes die before and after writes.</summary>
internal sealed class FaultyStore(SimulatedNode node, IJobStore store, FaultPlan plan, Auditor auditor, Action crash) : IJobStore
{
    public bool SpansHosts => store.SpansHosts;

    public string Description => store.Description;

    public ValueTask OpenAsync(CancellationToken cancellationToken = default) => store.OpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default) =>
        WriteAsync("add", () => store.AddAsync(jobs, CancellationToken.None), results => auditor.OnAdded(results));

    public ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default) =>
        WriteAsync(writes[0].Transition.Name, () =>
        {
            auditor.BeforeApply(writes);
            return store.ApplyAsync(writes, CancellationToken.None);
        }, results => auditor.OnApplied(writes, results));

    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        // Now, and not when the call arrives: what is promoted on the way may exceed the slots.
        auditor.BeforeClaim(node, request);
        return WriteAsync("claim", () => store.ClaimAsync(request, CancellationToken.None), result => auditor.OnClaimed(request, result));
    }

    public ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default) =>
        WriteAsync("beat", () => store.HeartbeatAsync(beat, CancellationToken.None), _ => { });

    public ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default) =>
        WriteAsync("lapse", () => store.LapseAsync(runner, seenBeat, CancellationToken.None), _ => { });

    public ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default) =>
        WriteAsync("record", () => store.WriteRecordAsync(name, expectedVersion, value, CancellationToken.None), _ => { });

    public ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default) =>
        WriteAsync("remove", () => store.RemoveAsync(ids, CancellationToken.None), _ => { });

    public ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default) =>
        WriteAsync("release", () => store.ReleaseAsync(limit, CancellationToken.None), _ => { });

    public ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.ListCapsAsync(prefix, after, limit, CancellationToken.None));

    public ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.RecentAsync(kind, state, limit, CancellationToken.None));

    public ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(
        string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.ListRecordsAsync(prefix, after, limit, CancellationToken.None));

    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.FindAsync(id, CancellationToken.None));

    public ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.HistoryAsync(id, CancellationToken.None));

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.ListAsync(query, CancellationToken.None));

    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.CountAsync(query, CancellationToken.None));

    public ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.PlaceAsync(id, limit, CancellationToken.None));

    public ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.ChangesAsync(cursor, limit, CancellationToken.None));

    public ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync(() => store.ReadRecordAsync(name, CancellationToken.None));

    public IDisposable Subscribe(Action<JobHint> hinted) => store.Subscribe(hint =>
    {
        if (plan.LosesHint()) return;
        node.Post(() => hinted(hint));
    });

    // The store under it belongs to the world, and goes on when a node dies.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> call)
    {
        await node.YieldAsync();
        if (plan.ForRead() != Fault.None) throw Lost("before it was read");
        return await call();
    }

    private async ValueTask<T> WriteAsync<T>(string name, Func<ValueTask<T>> call, Action<T> audit)
    {
        await node.YieldAsync();
        var fault = plan.ForWrite();
        if (fault != Fault.None) auditor.OnFault(name, fault);
        if (fault == Fault.CrashBefore) return await DieAsync<T>();
        if (fault == Fault.ErrorBefore) throw Lost("before it was written");
        var result = await call();
        audit(result);
        if (fault == Fault.CrashAfter) return await DieAsync<T>();
        if (fault == Fault.ErrorAfter) throw Lost("after it was written");
        await node.YieldAsync();
        return result;
    }

    private Task<T> DieAsync<T>()
    {
        crash();
        return new TaskCompletionSource<T>().Task;
    }

    private static StoreUnavailableException Lost(string when) => new($"The simulated store was cut off {when}.");
}
