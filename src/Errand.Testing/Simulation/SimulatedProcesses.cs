using Errand.Storage;

namespace Errand.Testing;

/// <summary>The processes of a world as one of its nodes sees them: all on one host, where the death of one is seen at once.</summary>
internal sealed class SimulatedProcesses(SimulatedWorld world, SimulatedNode node) : IHostProcesses
{
    public ProcessIdentity? Current { get; } = new("simulated", node.Number, world.Seed);

    public bool IsGone(ProcessIdentity process) => world.IsDead(process.ProcessId);
}
