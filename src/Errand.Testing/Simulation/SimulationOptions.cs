namespace Errand.Testing;

/// <summary>What is in a simulated world.</summary>
public sealed record SimulationOptions
{
    /// <summary>Where the servers keep their jobs.</summary>
    public required ISimulatedStores Stores { get; init; }

    /// <summary>How many servers there are. Default: 3.</summary>
    public int Servers { get; init; } = 3;

    /// <summary>How many times a job, a few jobs or a call are handed in. Default: 24.</summary>
    public int Jobs { get; init; } = 24;

    /// <summary>How many times somebody asks for the end of a job. Default: 6.</summary>
    public int Cancels { get; init; } = 6;

    /// <summary>What goes wrong.</summary>
    public FaultOptions Faults { get; init; } = new();
}
