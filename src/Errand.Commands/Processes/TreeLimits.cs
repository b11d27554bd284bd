namespace Errand.Commands;

/// <summary>What all processes of a command may use together; null is no limit.</summary>
internal sealed record TreeLimits
{
    /// <summary>Time of processors, of those that have ended too.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Memory that would have to be given back, in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes at one time; each thread counts, as in the kernel (`ulimit -u`).</summary>
    public int? Processes { get; init; }

    /// <summary>A share of processors when they are short, from 1 to 10,000; others have 100.</summary>
    public int? CpuWeight { get; init; }
}
