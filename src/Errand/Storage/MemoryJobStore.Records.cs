namespace Errand.Storage;

// Records, and what else has a name.
public sealed partial class MemoryJobStore
{
    private readonly Dictionary<string, StoreRecord> _records = [];

    /// <inheritdoc/>
    public ValueTask<StoreRecord?> ReadRecordAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new(_records.GetValueOrDefault(name));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NamedRecord>> ListRecordsAsync(
        string prefix, string? after, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            return new([.. Page(_records.Keys, prefix, after, limit).Select(name => new NamedRecord(name, _records[name]))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> WriteRecordAsync(string name, long expectedVersion, JobData value, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
            if ((_records.GetValueOrDefault(name)?.Version ?? 0) != expectedVersion) return new(false);
            if (value.IsNone) _records.Remove(name);
            else _records[name] = new(expectedVersion + 1, value);
            NoteGate_NeedsLock(name, exists: !value.IsNone);
            return new(true);
        }
    }

    private static IEnumerable<string> Page(IEnumerable<string> names, string prefix, string? after, int limit) => names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(name, after) > 0))
        .Order(StringComparer.Ordinal)
        .Take(Math.Max(limit, 0));
}
