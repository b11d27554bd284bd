namespace Errand;

/// <summary>Which part of a job's output to show as text, and how.</summary>
public sealed record OutputView
{
    /// <summary>The attempt, from 1; by default the last one that has written something.</summary>
    public int? Attempt { get; init; }

    /// <summary>Where to start, in bytes; a negative number counts from the end of the log. Default: 0.</summary>
    public long Offset { get; init; }

    /// <summary>Only this stream; by default both.</summary>
    public OutputStream? Stream { get; init; }

    /// <summary>
    /// Whether to leave out terminal escape sequences (colours, cursor movements, titles) and other control characters. Default: no.
    /// </summary>
    public bool StripEscapes { get; init; }

    /// <summary>
    /// Whether to show only what a line came to when carriage returns have overwritten it, as progress bars do. Default: yes.
    /// </summary>
    public bool CollapseProgress { get; init; } = true;

    /// <summary>How many bytes a line has at most; a longer one comes in pieces. Default: 64 KiB; at least 16.</summary>
    public int MaxLineBytes { get; init; } = 64 * 1024;
}
