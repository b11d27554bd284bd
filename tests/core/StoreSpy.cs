using Errand.Storage;

namespace Errand.Tests;

/// <summary>A store that counts what is asked of it, and that can be cut off.</summary>
internal sealed class StoreSpy(IJobStore? store = null) : IJobStore
{
    private readonly IJobStore _store = store ?? new MemoryJobStore();

    /// <summary>Whether nothing reaches the store.</summary>
    public bool IsAway { get; set; }

    /// <summary>Whether writes are done and their answers lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Whether wake-ups are lost.</summary>
    public bool LosesHints { get; init; }

    /// <summary>What goes wrong with a call, by its name; asked before each.</summary>
    public Func<string, Exception?>? Fails { get; set; }

    /// <summary>What the answer to a write waits for, by the name of the call.</summary>
    public Func<string, Task>? Answers { get; set; }

    public int Disposals { get; private set; }

    public Dictionary<string, int> Calls { get; } = [];

    /// <summary>How many times jobs were written, claims apart.</summary>
    public int Writes => Calls.GetValueOrDefault("add") + Calls.GetValueOrDefault("apply");

    public string Description => _store.Description;

    public int Count(string call) => Calls.GetValueOrDefault(call);

    public ValueTask OpenAsync(CancellationToken cancellationToken = default) => _store.OpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<AddResult>> AddAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken = default) =>
        WriteAsync("add", () => _store.AddAsync(jobs, cancellationToken));

    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default) => ReadAsync("find", () => _store.FindAsync(id, cancellationToken));

    public ValueTask<IReadOnlyList<JobEvent>> HistoryAsync(JobId id, CancellationToken cancellationToken = default) =>
        ReadAsync("history", () => _store.HistoryAsync(id, cancellationToken));

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync("list", () => _store.ListAsync(query, cancellationToken));

    public ValueTask<IReadOnlyDictionary<JobState, long>> CountAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync("count", () => _store.CountAsync(query, cancellationToken));

    public ValueTask<int?> PlaceAsync(JobId id, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync("place", () => _store.PlaceAsync(id, limit, cancellationToken));

    public ValueTask<IReadOnlyList<ApplyResult>> ApplyAsync(IReadOnlyList<JobWrite> writes, CancellationToken cancellationToken = default) =>
        WriteAsync("apply", () => _store.ApplyAsync(writes, cancellationToken));

    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync("claim", () => _store.ClaimAsync(request, cancellationToken));

    public ValueTask<ReleaseResult> ReleaseAsync(int limit, CancellationToken cancellationToken = default) =>
        WriteAsync("release", () => _store.ReleaseAsync(limit, cancellationToken));

    public ValueTask<IReadOnlyList<CapUse>> ListCapsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync("caps", () => _store.ListCapsAsync(prefix, after, limit, cancellationToken));

    public ValueTask<IReadOnlyList<JobTimes>> RecentAsync(string kind, JobState state, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync("recent", () => _store.RecentAsync(kind, state, limit, cancellationToken));

    public ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(string prefix, string? after, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync("list records", () => _store.ListRecordsAsync(prefix, after, limit, cancellationToken));

    public ValueTask<HeartbeatResult> HeartbeatAsync(RunnerBeat beat, CancellationToken cancellationToken = default) =>
        WriteAsync("beat", () => _store.HeartbeatAsync(beat, cancellationToken));

    public ValueTask<bool> LapseAsync(RunnerId runner, long seenBeat, CancellationToken cancellationToken = default) =>
        WriteAsync("lapse", () => _store.LapseAsync(runner, seenBeat, cancellationToken));

    public ValueTask<ChangePage> ChangesAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync("changes", () => _store.ChangesAsync(cursor, limit, cancellationToken));

    public ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync("read record", () => _store.ReadRecordAsync(name, cancellationToken));

    public ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default) =>
        WriteAsync("write record", () => _store.WriteRecordAsync(name, expectedVersion, value, cancellationToken));

    public ValueTask<int> RemoveAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken = default) =>
        WriteAsync("remove", () => _store.RemoveAsync(ids, cancellationToken));

    public IDisposable Subscribe(Action<JobHint> hinted) => _store.Subscribe(hint =>
    {
        if (!LosesHints) hinted(hint);
    });

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return _store.DisposeAsync();
    }

    private async ValueTask<T> ReadAsync<T>(string call, Func<ValueTask<T>> ask)
    {
        Note(call);
        return await ask();
    }

    private async ValueTask<T> WriteAsync<T>(string call, Func<ValueTask<T>> write)
    {
        Note(call);
        var answer = await write();
        if (Answers is { } answers) await answers(call);
        if (LosesAnswers) throw new StoreUnavailableException("The connection was lost before the store answered. Try again.");
        return answer;
    }

    private void Note(string call)
    {
        lock (Calls) Calls[call] = Calls.GetValueOrDefault(call) + 1;
        if (IsAway) throw new StoreUnavailableException("The store is away. Try again later.");
        if (Fails?.Invoke(call) is { } failure) throw failure;
    }
}
