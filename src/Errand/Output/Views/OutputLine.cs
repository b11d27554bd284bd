namespace Errand;

/// <summary>A line of a job's output as text; bytes that are not UTF-8 show as U+FFFD.</summary>
/// <param name="At">When the first of what it shows was written.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">Where it starts in the attempt's log.</param>
/// <param name="Text">The text, without the end of the line.</param>
public readonly record struct OutputLine(DateTimeOffset At, OutputStream Stream, long Offset, string Text)
{
    /// <summary>Where what comes after it starts. Lines of the other stream may lie in between.</summary>
    public long NextOffset { get; init; }

    /// <summary>Whether its end was written; if not, the log ends here for now, or the line goes on in the next piece.</summary>
    public bool IsEnded { get; init; }

    /// <summary>Whether its start is missing: it is in an earlier piece, before the offset that was asked for, or dropped.</summary>
    public bool IsContinued { get; init; }
}

/// <summary>Some lines of a job's output.</summary>
/// <param name="Attempt">The attempt; 0 when the job has written nothing.</param>
/// <param name="Lines">The lines, in the order in which they ended.</param>
/// <param name="NextOffset">Where to read on.</param>
public sealed record OutputLines(int Attempt, IReadOnlyList<OutputLine> Lines, long NextOffset)
{
    /// <summary>Whether the writer has ended the attempt's log.</summary>
    public bool Completed { get; init; }
}
