namespace Errand;

/// <summary>What to search for in a job's output.</summary>
public sealed record OutputSearch
{
    /// <summary>A regular expression, which is matched against each line.</summary>
    public required string Pattern { get; init; }

    /// <summary>Whether upper and lower case are the same. Default: no.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>
    /// Where to search, and what a line is. By default the last attempt from its start, without escape sequences, so that colours do not
    /// hide what is meant, and with lines of up to 1 MiB; a longer one is searched in pieces.
    /// </summary>
    public OutputView View { get; init; } = new() { StripEscapes = true, MaxLineBytes = 1 << 20 };

    /// <summary>
    /// The number of the line that the search starts at: 1, or <see cref="OutputMatches.NextLine"/> of the search that it goes on with.
    /// </summary>
    public long FirstLine { get; init; } = 1;

    /// <summary>How many matches at most. Default: 100.</summary>
    public int MaxMatches { get; init; } = 100;

    /// <summary>How many bytes of the log are looked at. Default: 64 MiB.</summary>
    public long MaxBytes { get; init; } = 64 << 20;

    /// <summary>How many characters of a line are shown; a longer one is cut around the match. Default: 2,000.</summary>
    public int MaxTextLength { get; init; } = 2000;

    /// <summary>How long the expression may take for one line. Default: 250 ms.</summary>
    public TimeSpan MatchTimeout { get; init; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>A line that matches.</summary>
/// <param name="Number">Its number, counted from where the search started.</param>
/// <param name="Line">The line.</param>
public readonly record struct OutputMatch(long Number, OutputLine Line);

/// <summary>What a search has found.</summary>
/// <param name="Attempt">The attempt; 0 when the job has written nothing.</param>
/// <param name="Matches">The lines that match.</param>
/// <param name="NextOffset">Where to search on. A line of the other stream that is open there is searched from there on.</param>
/// <param name="NextLine">The number of the line there.</param>
/// <param name="End">Where the log ends for now.</param>
public sealed record OutputMatches(int Attempt, IReadOnlyList<OutputMatch> Matches, long NextOffset, long NextLine, long End)
{
    /// <summary>Whether all there is has been searched.</summary>
    public bool AtEnd => NextOffset >= End;
}
