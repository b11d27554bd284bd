using Errand.Storage;

namespace Errand.Testing;

/// <summary>The store of a simulated world.</summary>
public interface ISimulatedStores
{
    /// <summary>The store as a node gets it: the same for all, or an instance of its own over the same data.</summary>
    /// <param name="node">The node; its clock and scheduler are those that the store must use.</param>
    IJobStore Open(SimulatedNode node);

    /// <summary>A job as it is right now, for the auditor, past everything that goes wrong.</summary>
    /// <param name="id">The id.</param>
    Job? Read(JobId id);

    /// <summary>The caps that live jobs stand under right now, for the auditor.</summary>
    IReadOnlyList<CapUse> Caps();

    /// <summary>
    /// Whether a write is done by the time its call returns, so that the auditor can compare each job with what it was just before.
    /// </summary>
    bool WritesAtOnce { get; }
}
