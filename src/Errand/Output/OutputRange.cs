namespace Errand;

/// <summary>Which part of a job's output to read.</summary>
public readonly record struct OutputRange
{
    /// <summary>How much a read gives unless told otherwise: 64 KiB.</summary>
    public const int DefaultMaxBytes = 64 * 1024;

    /// <summary>The most that one read gives: 16 MiB.</summary>
    public const int LargestMaxBytes = 16 * 1024 * 1024;

    /// <summary>Everything of the last attempt, from its start.</summary>
    public OutputRange() { }

    /// <summary>The attempt, from 1; by default the last one that has written something.</summary>
    public int? Attempt { get; init; }

    /// <summary>
    /// Where to start, in bytes from the start of the attempt's log; a negative number counts from its end. An offset past the end means the
    /// end. Default: 0.
    /// </summary>
    public long Offset { get; init; }

    /// <summary>How many bytes at most; from 1 to <see cref="LargestMaxBytes"/>. Default: <see cref="DefaultMaxBytes"/>.</summary>
    public int MaxBytes
    {
        get => field == 0 ? DefaultMaxBytes : field;
        init;
    }

    /// <summary>Only this stream; by default both, in the order in which they were written.</summary>
    public OutputStream? Stream { get; init; }
}
