using System.Text.RegularExpressions;

namespace Errand;

/// <summary>Searching a job's output.</summary>
public static class OutputSearching
{
    /// <summary>
    /// The lines that match an expression. It is bounded in time, in what it reads and in what it gives; go on where the answer ends.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="search">What to search for, and where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidJobException">The expression is not one, or takes too long.</exception>
    public static async ValueTask<OutputMatches> SearchAsync(
        this IOutputLog log,
        JobId job,
        OutputSearch search,
        CancellationToken cancellationToken = default)
    {
        var pattern = Compile(search);
        var matches = new List<OutputMatch>();
        long number = search.FirstLine;
        long[] numbers = new long[2];
        OutputSlice? first = null, last = null;
        await foreach (var (slice, lines) in OutputLineReader.PagesAsync(log, job, search.View, cancellationToken))
        {
            first ??= slice;
            last = slice;
            foreach (var line in lines)
            {
                ref long own = ref numbers[(int)line.Stream];
                // The pieces of a line are one line.
                if (!line.IsContinued || own == 0) own = number++;
                if (Match(pattern, line, search) is { } found) matches.Add(new(own, found));
                if (matches.Count >= search.MaxMatches) return new(slice.Attempt, matches, line.NextOffset, number, slice.End);
            }
            if (slice.NextOffset - first.Offset >= search.MaxBytes) break;
        }
        return new(last?.Attempt ?? 0, matches, last?.NextOffset ?? 0, number, last?.End ?? 0);
    }

    private static Regex Compile(OutputSearch search)
    {
        var options = RegexOptions.CultureInvariant | (search.IgnoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(search.Pattern, options | RegexOptions.NonBacktracking, search.MatchTimeout);
        }
        catch (NotSupportedException)
        {
            // Look-arounds and back-references need the other engine, whose time only the time-out bounds.
            return new Regex(search.Pattern, options, search.MatchTimeout);
        }
        catch (RegexParseException e)
        {
            throw new InvalidJobException("grep", $"'{search.Pattern}' is not a regular expression: {e.Message}", e);
        }
    }

    private static OutputLine? Match(Regex pattern, OutputLine line, OutputSearch search)
    {
        try
        {
            foreach (var match in pattern.EnumerateMatches(line.Text)) return line with { Text = Cut(line.Text, match.Index, search.MaxTextLength) };
            return null;
        }
        catch (RegexMatchTimeoutException e)
        {
            string limit = $"{search.MatchTimeout.TotalMilliseconds:0} ms";
            throw new InvalidJobException(
                "grep", $"'{search.Pattern}' took longer than {limit} for the line at offset {line.Offset}. Use a simpler expression.", e);
        }
    }

    private static string Cut(string text, int match, int length)
    {
        if (text.Length <= length) return text;
        int start = Math.Clamp(match - (length / 4), 0, text.Length - length);
        int end = start + length;
        if (start > 0 && char.IsLowSurrogate(text[start])) start++;
        if (end < text.Length && char.IsLowSurrogate(text[end])) end--;
        return $"{(start > 0 ? "…" : "")}{text[start..end]}{(end < text.Length ? "…" : "")}";
    }
}
