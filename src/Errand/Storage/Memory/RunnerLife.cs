namespace Errand.Storage;

/// <summary>What is known of a runner, and what it holds.</summary>
internal sealed class RunnerLife(RunnerId id)
{
    public RunnerId Id { get; } = id;

    /// <summary>Its last beat; none while it is known only as the holder of a job.</summary>
    public RunnerBeat? Beat { get; set; }

    public bool Lapsed { get; set; }

    public HashSet<StoredJob> Held { get; } = [];
}
