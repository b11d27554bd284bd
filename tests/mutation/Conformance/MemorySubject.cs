using Errand.Storage;
using Errand.Testing.Conformance;

namespace Errand.Mutation.Tests;

/// <summary>The conformance suite over the store in memory, which mistakes something about transitions.</summary>
internal sealed class MemorySubject(TransitionMutant? mutant, Action<TransitionShape>? applied = null) : JobStoreConformance
{
    protected override ValueTask<IJobStore> CreateAsync() => new(new MutantStore(new MemoryJobStore(), mutant, applied));
}
