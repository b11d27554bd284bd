namespace Errand;

/// <summary>
/// Going on where another writer stopped, perhaps in the middle of a write: an entry that is torn is cut off, and bytes that
/// have no entry yet are left for the writer to adopt. What readers have seen stays as it is.
/// </summary>
internal sealed partial class AttemptLog
{
    public static AttemptLog Open(OutputDisk disk, JobId job, int attempt, OutputOptions options)
    {
        var log = new AttemptLog(disk, job, attempt, options);
        try
        {
            log.Resume();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Whether an attempt has left anything, be it only bytes without an index. Empty files are made for processes that may write.</summary>
    public static bool Exists(OutputDisk disk, JobId job, int attempt)
    {
        using var index = disk.Find(job, attempt, OutputPart.Index);
        if (index is not null) return true;
        foreach (var stream in Streams)
        {
            using var file = disk.Find(job, attempt, PartOf(stream));
            if (file?.Length > 0) return true;
        }
        return false;
    }

    private void Resume()
    {
        using (var trim = _disk.Find(_job, _attempt, OutputPart.Trim)) _trim = TrimRecord.Read(trim);
        if (_trim.Sequence > 0) _trimFile = _disk.Create(_job, _attempt, OutputPart.Trim);
        // What was lost is counted anew: its record may not have been written any more.
        _trim = _trim with { Lost = 0 };
        Span<long> written = [FileLengthOf(OutputStream.Out), FileLengthOf(OutputStream.Err)];
        long length = _index.Length;
        if (length > 0) CountEntries(length / IndexEntry.Size, written);
        if (length != _entries * IndexEntry.Size) _index.SetLength(_entries * IndexEntry.Size);
        IsResumed = _entries > 0;
    }

    private void CountEntries(long entries, ReadOnlySpan<long> written)
    {
        CountEntries(0, _trim.HasHole ? _trim.FirstDropped : entries, written);
        if (!_trim.HasHole) return;
        if (_entries < _trim.FirstDropped) throw Damaged(_entries);
        CloseHead();
        _entries = _trim.FirstKept;
        _lengths[0] = _trim.OutTo;
        _lengths[1] = _trim.ErrTo;
        CountEntries(_trim.FirstKept, entries, written);
    }

    // An entry whose bytes did not reach the disk, as after a loss of power, ends the log like a torn one.
    private void CountEntries(long from, long to, ReadOnlySpan<long> written)
    {
        byte[] bytes = new byte[EntriesAtOnce * IndexEntry.Size * 16];
        while (from < to)
        {
            int read = _index.Read(bytes, from * IndexEntry.Size);
            if (read < IndexEntry.Size) return;
            for (int at = 0; at + IndexEntry.Size <= read && from < to; at += IndexEntry.Size, from++)
            {
                if (!IndexEntry.TryRead(bytes.AsSpan(at, IndexEntry.Size), out var entry) || entry.Offset != End) return;
                int stream = (int)entry.Stream;
                if (entry.StreamOffset != _lengths[stream]) return;
                if (!entry.IsLost && entry.StreamOffset + entry.Length > written[stream]) return;
                Count(entry);
            }
        }
    }
}
