using Errand.Storage;

namespace Errand.Testing;

/// <summary>One store in memory for all servers of a simulated world.</summary>
public sealed class MemoryStores : ISimulatedStores
{
    private readonly MemoryJobStore _store = new();

    /// <inheritdoc/>
    public IJobStore Open(SimulatedNode node) => _store;

    /// <inheritdoc/>
    public bool WritesAtOnce => true;

    /// <inheritdoc/>
    public IReadOnlyList<CapUse> Caps() => _store.ListCapsAsync("", null, 100).AsTask().Result;

    /// <inheritdoc/>
    public Job? Read(JobId id) => _store.FindAsync(id).AsTask().Result;
}
