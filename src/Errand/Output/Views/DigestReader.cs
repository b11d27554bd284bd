namespace Errand;

/// <summary>Reads the start and the end of a log for one digest.</summary>
internal sealed class DigestReader(IOutputLog log, JobId job, int budget, OutputView view)
{
    // No line takes more than an eighth of the budget, so that what is cut off for lack of room is little.
    private const int LongestLineShare = 8;
    private const int HeadShare = 3;
    private const int NoteBytes = 160;

    // Escapes and progress bars make the text shorter than the bytes; so much more is read, up to a bound.
    private const int TailWindow = 4;
    private const long LargestHeadRead = 4 << 20;
    private const long LargestTailRead = 16 << 20;
    private const long LargestCount = 16 << 20;
    private const int CountedAtOnce = 1 << 20;

    private readonly DigestText _text = new();
    private OutputView _view = view with { MaxLineBytes = Math.Min(view.MaxLineBytes, budget / LongestLineShare) };
    private long _offset;
    private long _end;

    public async ValueTask<OutputDigest> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadHeadAsync(cancellationToken) is not { } last) return new(0, "");
        bool isAll = last.NextOffset >= _end && _text.Bytes <= budget;
        if (isAll) return DigestOf(last);
        _text.CutEnd((budget - NoteBytes) / HeadShare);
        return await AddTailAsync(last, cancellationToken);
    }

    /// <summary>Reads until the budget is used up.</summary>
    /// <returns>The last slice that was read.</returns>
    private async ValueTask<OutputSlice?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        OutputSlice? last = null;
        await foreach (var (slice, lines) in OutputLineReader.PagesAsync(log, job, _view, cancellationToken))
        {
            if (last is null) (_offset, _end, _view) = (slice.Offset, slice.End, _view with { Attempt = slice.Attempt });
            last = slice;
            if (slice.Skipped > 0) _text.AddNote($"… {DigestText.Number(slice.Skipped)} bytes were dropped here …", slice.Offset);
            foreach (var line in lines)
            {
                _text.Add(line);
                if (_text.Bytes > budget) return last;
            }
            if (slice.NextOffset - _offset > LargestHeadRead) return last;
        }
        return last;
    }

    private async ValueTask<OutputDigest> AddTailAsync(OutputSlice last, CancellationToken cancellationToken)
    {
        long headEnd = _text.End ?? _offset;
        long tailBudget = budget - NoteBytes - _text.Bytes;
        long start = Math.Max(headEnd, _end - Math.Min(LargestTailRead, tailBudget * TailWindow));
        var tail = new DigestText();
        await foreach (var (slice, lines) in OutputLineReader.PagesAsync(log, job, _view with { Offset = start }, cancellationToken))
        {
            last = slice;
            foreach (var line in lines)
            {
                tail.Add(line);
                tail.CutStart(tailBudget);
            }
        }
        long tailStart = tail.Start ?? last.NextOffset;
        long left = Math.Max(0, tailStart - headEnd);
        var (leftLines, gone) = await CountAsync(headEnd, tailStart, cancellationToken);
        if (left > 0) _text.AddNote(Note(left, leftLines, gone), headEnd);
        _text.AddAll(tail.Lines);
        return DigestOf(last) with { LeftOutBytes = left, LeftOutLines = leftLines };
    }

    private OutputDigest DigestOf(OutputSlice last) => new(last.Attempt, _text.ToString())
    {
        Offset = _offset, NextOffset = last.NextOffset, Dropped = last.Dropped, Completed = last.Completed,
    };

    private static string Note(long bytes, long? lines, long gone)
    {
        string counted = lines is { } known ? $" ({DigestText.Number(known)} lines)" : "";
        string dropped = gone > 0 ? $", {DigestText.Number(gone)} of them dropped for good" : "";
        return $"… {DigestText.Number(bytes)} bytes{counted} left out{dropped} …";
    }

    private async ValueTask<(long? Lines, long Gone)> CountAsync(long from, long to, CancellationToken cancellationToken)
    {
        long lines = 0, gone = 0, read = 0;
        while (from < to)
        {
            if (read > LargestCount) return (null, gone);
            int size = (int)Math.Min(CountedAtOnce, to - from);
            var range = new OutputRange { Attempt = _view.Attempt, Offset = from, MaxBytes = size, Stream = _view.Stream };
            var slice = await log.ReadAsync(job, range, cancellationToken);
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
