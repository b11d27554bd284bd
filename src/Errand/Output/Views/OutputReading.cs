using System.Runtime.CompilerServices;

namespace Errand;

/// <summary>Reading a job's output as lines.</summary>
public static class OutputReading
{
    private const int FirstWindow = 16 * 1024;
    private const int LargestWindow = 16 << 20;

    /// <summary>
    /// The lines of a log up to where it ends when this is called. Lines of both streams come in the order in which they end; a last line
    /// without an end comes, too.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="view">Which part, and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<OutputLine> ReadLinesAsync(
        this IOutputLog log,
        JobId job,
        OutputView view,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var page in OutputLineReader.PagesAsync(log, job, view, cancellationToken))
            foreach (var line in page.Lines) yield return line;
    }

    /// <summary>The last lines of a log. The pieces of a line that is too long count as lines.</summary>
    /// <remarks>It looks back over 16 MiB at most, so that there may be fewer lines than asked for.</remarks>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="count">How many lines.</param>
    /// <param name="view">How to show them; its offset is not regarded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<OutputLines> TailAsync(
        this IOutputLog log,
        JobId job,
        int count,
        OutputView? view = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        for (int window = FirstWindow; ; window *= 4)
        {
            var (lines, isAll) = await LastLinesAsync(log, job, count, (view ?? new()) with { Offset = -window }, cancellationToken);
            if (isAll || lines.Lines.Count >= count || window >= LargestWindow) return lines;
        }
    }

    private static async ValueTask<(OutputLines Lines, bool IsAll)> LastLinesAsync(
        IOutputLog log, JobId job, int count, OutputView view, CancellationToken cancellationToken)
    {
        var last = new Queue<OutputLine>();
        OutputSlice? first = null, end = null;
        await foreach (var page in OutputLineReader.PagesAsync(log, job, view, cancellationToken))
        {
            first ??= page.Slice;
            end = page.Slice;
            foreach (var line in page.Lines)
            {
                // What the window begins with is not a whole line, unless nothing is before it.
                if (line.IsContinued && line.Offset == first.Offset && !IsStart(first)) continue;
                last.Enqueue(line);
                if (last.Count > count) last.Dequeue();
            }
        }
        var lines = new OutputLines(end?.Attempt ?? 0, [.. last], end?.NextOffset ?? 0) { Completed = end?.Completed ?? false };
        return (lines, first is null || IsStart(first));
    }

    private static bool IsStart(OutputSlice first) => first.Offset == 0 || first.Skipped > 0;
}
