namespace Errand;

/// <summary>A job's output within a budget: all of it, or its start and its end and how much is between them.</summary>
/// <param name="Attempt">The attempt; 0 when the job has written nothing.</param>
/// <param name="Text">The text, with a line that says what was left out.</param>
public sealed record OutputDigest(int Attempt, string Text)
{
    /// <summary>The smallest budget that makes sense.</summary>
    public const int SmallestBudget = 256;

    /// <summary>Where the digest starts in the attempt's log.</summary>
    public long Offset { get; init; }

    /// <summary>Where to go on: the end of what the digest stands for.</summary>
    public long NextOffset { get; init; }

    /// <summary>Where to ask for what comes after it.</summary>
    public OutputCursor Cursor => new(Attempt, NextOffset);

    /// <summary>How many bytes of the log the text does not show.</summary>
    public long LeftOutBytes { get; init; }

    /// <summary>How many lines they are; absent when they are too many to be counted in passing.</summary>
    public long? LeftOutLines { get; init; } = 0;

    /// <summary>How many bytes of the whole attempt are not in its log any more.</summary>
    public long Dropped { get; init; }

    /// <summary>Whether the writer has ended the attempt's log.</summary>
    public bool Completed { get; init; }

    /// <summary>The budget in bytes that a number of a language model's tokens stands for: four bytes each.</summary>
    /// <param name="tokens">How many tokens.</param>
    public static int BudgetOfTokens(int tokens) => (int)Math.Min(int.MaxValue, tokens * 4L);
}
