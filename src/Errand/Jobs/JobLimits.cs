namespace Errand;

/// <summary>
/// How far a job may go before it is stopped. The wall time and the output hold for every kind; the rest for work that is a process of its
/// own, such as a command, and as far as the operating system can keep it.
/// </summary>
public sealed record JobLimits
{
    /// <summary>No limits at all: work that runs until it ends.</summary>
    public static JobLimits None { get; } = new();

    /// <summary>
    /// How long one attempt may run, counted from its start; the time in which it waits for input does not count. Default: no limit.
    /// </summary>
    public TimeSpan? WallTime { get; init; }

    /// <summary>How much time of processors one attempt may use. Default: no limit.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>How much memory it may take, in bytes. Default: no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>
    /// How many bytes one attempt may write to its output before it is stopped. Whatever this says, no more is kept than
    /// <see cref="OutputOptions.MaxBytes"/>. Default: no limit.
    /// </summary>
    public long? OutputBytes { get; init; }

    /// <summary>How large a file may be that it writes, in bytes. Default: no limit.</summary>
    public long? FileBytes { get; init; }

    /// <summary>How many processes and threads it may have at once. Default: no limit.</summary>
    public int? Processes { get; init; }

    /// <summary>How nice it is to others that want the processor, from -20 to 19, the nicest. Default: as its server.</summary>
    public int? Nice { get; init; }

    /// <summary>Its share of a busy processor, from 1 to 10000, where others have 100. Default: 100.</summary>
    public int? CpuWeight { get; init; }
}
