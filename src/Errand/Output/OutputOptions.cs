namespace Errand;

/// <summary>How much of a job's output is kept.</summary>
public sealed record OutputOptions
{
    internal const long SmallestMaxBytes = 4096;

    /// <summary>
    /// How many bytes one attempt may keep. What goes beyond is dropped in the middle: the start and the end stay, offsets stay true, and
    /// reads say what is missing. A write of less than 64 bytes counts as 64. Default: 1 GiB (8 MiB in memory); at least 4 KiB.
    /// </summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>How many of them are kept of the start; at most half of <see cref="MaxBytes"/>. Default: 64 MiB (1 MiB in memory).</summary>
    public long HeadBytes { get; init; } = 64L << 20;

    /// <summary>What holds for logs in memory.</summary>
    public static OutputOptions Memory { get; } = new() { MaxBytes = 8L << 20, HeadBytes = 1L << 20 };

    /// <summary>How often a reader looks at a log that another process writes. Default: 75 ms.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(75);

    internal OutputOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, SmallestMaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(HeadBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HeadBytes, MaxBytes / 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PollInterval, TimeSpan.Zero);
        return this;
    }
}
