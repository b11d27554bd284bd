using Errand.Storage;
using Errand.Testing;

namespace Errand.Mutation.Tests;

/// <summary>The store of a simulated world in which something about transitions is wrong.</summary>
internal sealed class MutantStores(TransitionMutant mutant) : ISimulatedStores
{
    private readonly MemoryStores _sound = new();

    public bool WritesAtOnce => _sound.WritesAtOnce;

    public IJobStore Open(SimulatedNode node) => new MutantStore(_sound.Open(node), mutant);

    public IReadOnlyList<CapUse> Caps() => _sound.Caps();

    public Job? Read(JobId id) => _sound.Read(id);
}
