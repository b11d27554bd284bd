namespace Errand;

/// <summary>A piece of a job's output.</summary>
/// <remarks>
/// A slice may be shorter than what was asked for, and even without chunks, while there is more: whoever wants all reads on at
/// <see cref="NextOffset"/> until it is <see cref="End"/>.
/// </remarks>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt; 0 when the job has written nothing.</param>
/// <param name="Offset">Where the slice starts in the attempt's log, after what was left out.</param>
/// <param name="NextOffset">Where to read on.</param>
/// <param name="End">Where the log ends for now.</param>
public sealed record OutputSlice(JobId Job, int Attempt, long Offset, long NextOffset, long End)
{
    /// <summary>The bytes, in the order in which they were written.</summary>
    public IReadOnlyList<OutputChunk> Chunks { get; init; } = [];

    /// <summary>How many bytes between the offset that was asked for and <see cref="Offset"/> are not there any more.</summary>
    public long Skipped { get; init; }

    /// <summary>How many bytes of the whole attempt are not in its log: dropped by the cap, or lost to a full disk.</summary>
    public long Dropped { get; init; }

    /// <summary>Whether the writer has ended the attempt's log. An attempt that died has no such mark: look at the job, too.</summary>
    public bool Completed { get; init; }

    /// <summary>Whether there is nothing more to read for now.</summary>
    public bool AtEnd => NextOffset >= End;
}

/// <summary>Bytes that were written to one stream at one time.</summary>
/// <param name="At">When they were seen, to the millisecond.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">Where the first of them is in the attempt's log.</param>
/// <param name="Bytes">The bytes as they were written.</param>
public readonly record struct OutputChunk(DateTimeOffset At, OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes);
