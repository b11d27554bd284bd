namespace Errand;

/// <summary>Digests of a job's output, for readers who pay for every line.</summary>
public static class OutputDigesting
{
    private const int NoteBytes = 160;
    private const int LongestLineShare = 8;
    private const int HeadShare = 3;
    private const int TailWindow = 4;
    private const long LargestHeadRead = 4 << 20;
    private const long LargestTailRead = 16 << 20;
    private const long LargestCount = 16 << 20;

    /// <summary>
    /// A log's text from a view's offset within a budget: all of it, or a third of the budget for the start and the rest for the end. It
    /// reads a bounded part of the log, however large it is, and never cuts a character.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="budgetBytes">How many bytes of UTF-8 the text may have; at least <see cref="OutputDigest.SmallestBudget"/>.</param>
    /// <param name="view">Which part, and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<OutputDigest> DigestAsync(
        this IOutputLog log,
        JobId job,
        int budgetBytes,
        OutputView? view = null,
        CancellationToken cancellationToken = default)
    {
        int budget = Math.Max(budgetBytes, OutputDigest.SmallestBudget);
        view ??= new();
        view = view with { MaxLineBytes = Math.Min(view.MaxLineBytes, budget / LongestLineShare) };
        var (text, first, last) = await ReadHeadAsync(log, job, budget, view, cancellationToken);
        if (first is null || last is null) return new(0, "");
        var digest = new OutputDigest(first.Attempt, "") { Offset = first.Offset, NextOffset = last.NextOffset, Dropped = last.Dropped, Completed = last.Completed };
        bool isAll = last.NextOffset >= first.End && text.Bytes <= budget;
        if (isAll) return digest with { Text = text.ToString() };
        text.CutEnd((budget - NoteBytes) / HeadShare);
        return await AddTailAsync(log, job, digest, text, budget, view, first, cancellationToken);
    }

    /// <summary>What a job has written since a cursor, within a budget. When an attempt has no more, it goes on with the next.</summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="since">The cursor of the last digest; without one, all of the last attempt.</param>
    /// <param name="budgetBytes">How many bytes the text may have.</param>
    /// <param name="view">How to show it; its attempt and offset are not regarded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<OutputDigest> DeltaAsync(
        this IOutputLog log,
        JobId job,
        OutputCursor? since,
        int budgetBytes,
        OutputView? view = null,
        CancellationToken cancellationToken = default)
    {
        view ??= new();
        if (since is not { Attempt: > 0 } cursor)
            return await log.DigestAsync(job, budgetBytes, view with { Attempt = null, Offset = 0 }, cancellationToken);
        int last = Math.Max(cursor.Attempt, await log.LastAttemptAsync(job, cancellationToken));
        var digest = new OutputDigest(cursor.Attempt, "") { Offset = cursor.Offset, NextOffset = cursor.Offset };
        for (int attempt = cursor.Attempt; attempt <= last; attempt++)
        {
            long offset = attempt == cursor.Attempt ? cursor.Offset : 0;
            var found = await log.DigestAsync(job, budgetBytes, view with { Attempt = attempt, Offset = offset }, cancellationToken);
            if (found.Attempt > 0) digest = found;
            if (found.NextOffset > offset) break;
        }
        return digest;
    }

    private static async ValueTask<(DigestText Text, OutputSlice? First, OutputSlice? Last)> ReadHeadAsync(
        IOutputLog log, JobId job, int budget, OutputView view, CancellationToken cancellationToken)
    {
        var text = new DigestText();
        OutputSlice? first = null, last = null;
        await foreach (var (slice, lines) in OutputLineReader.PagesAsync(log, job, view, cancellationToken))
        {
            first ??= slice;
            last = slice;
            if (slice.Skipped > 0) text.AddNote($"… {DigestText.Number(slice.Skipped)} bytes were dropped here …", slice.Offset);
            foreach (var line in lines)
            {
                text.Add(line);
                if (text.Bytes > budget) return (text, first, last);
            }
            if (slice.NextOffset - first.Offset > LargestHeadRead) break;
        }
        return (text, first, last);
    }

    private static async ValueTask<OutputDigest> AddTailAsync(
        IOutputLog log, JobId job, OutputDigest digest, DigestText head, int budget, OutputView view, OutputSlice first, CancellationToken cancellationToken)
    {
        long headEnd = head.End ?? digest.Offset;
        long tailBudget = budget - NoteBytes - head.Bytes;
        long window = Math.Min(LargestTailRead, tailBudget * TailWindow);
        long start = Math.Max(headEnd, first.End - window);
        var tail = new DigestText();
        var end = first;
        await foreach (var (slice, lines) in OutputLineReader.PagesAsync(log, job, view with { Attempt = first.Attempt, Offset = start }, cancellationToken))
        {
            end = slice;
            foreach (var line in lines)
            {
                tail.Add(line);
                tail.CutStart(tailBudget);
            }
        }
        long tailStart = tail.Start ?? end.NextOffset;
        if (tailStart > headEnd)
        {
            var (leftLines, gone) = await CountAsync(log, first, headEnd, tailStart, view.Stream, cancellationToken);
            head.AddNote(Note(tailStart - headEnd, leftLines, gone), headEnd);
            digest = digest with { LeftOutBytes = tailStart - headEnd, LeftOutLines = leftLines };
        }
        head.AddAll(tail.Lines);
        return digest with { Text = head.ToString(), NextOffset = end.NextOffset, Dropped = end.Dropped, Completed = end.Completed };
    }

    private static string Note(long bytes, long? lines, long gone)
    {
        string counted = lines is { } known ? $" ({DigestText.Number(known)} lines)" : "";
        string dropped = gone > 0 ? $", {DigestText.Number(gone)} of them dropped for good" : "";
        return $"… {DigestText.Number(bytes)} bytes{counted} left out{dropped} …";
    }

    private static async ValueTask<(long? Lines, long Gone)> CountAsync(
        IOutputLog log, OutputSlice first, long from, long to, OutputStream? stream, CancellationToken cancellationToken)
    {
        long lines = 0, gone = 0, read = 0;
        while (from < to)
        {
            if (read > LargestCount) return (null, gone);
            int size = (int)Math.Min(1 << 20, to - from);
            var slice = await log.ReadAsync(first.Job, new() { Attempt = first.Attempt, Offset = from, MaxBytes = size, Stream = stream }, cancellationToken);
            if (slice.NextOffset <= from) break;
            gone += Math.Min(slice.Skipped, to - from);
            read += slice.NextOffset - slice.Offset;
            foreach (var chunk in slice.Chunks)
                lines += chunk.Bytes.Span[..(int)Math.Clamp(to - chunk.Offset, 0, chunk.Bytes.Length)].Count((byte)'\n');
            from = slice.NextOffset;
        }
        return (lines, gone);
    }
}
