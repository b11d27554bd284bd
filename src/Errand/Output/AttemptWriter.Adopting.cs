using System.Buffers;

namespace Errand;

// Files that a process appends to itself.
internal sealed partial class AttemptWriter
{
    private const int LargestRead = 64 * 1024;

    // A gap, as of bytes that could not be written, would part the places in the log from those in a file that a process goes on with.
    private bool _isShared;

    public override string? Folder => engine.Disk.FolderOf(job, attempt);

    public override string CreateFolder()
    {
        string folder = Folder ?? base.CreateFolder();
        lock (_lock)
        {
            try { engine.Disk.CreateFolder(job, attempt); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StoreUnavailableException(
                    $"The folder {folder} for the output of job {job}, attempt {attempt}, cannot be made: {e.Message} " +
                    "Check the disk and the permissions of the folder it is in.",
                    e);
            }
            _isShared = true;
        }
        return folder;
    }

    protected internal override long AdoptBytes(OutputStream stream, long length, DateTimeOffset at)
    {
        if (Folder is null) return base.AdoptBytes(stream, length, at);
        bool isNews = false;
        lock (_lock)
        {
            _isShared = true;
            if (_isEnded || length <= (_log?.LengthOf(stream) ?? 0)) return _end;
            try
            {
                long end = _end;
                var log = Open_NeedsLock(at.ToUnixTimeMilliseconds());
                if (!IsTakenOver_NeedsLock(log))
                    Adopt_NeedsLock(log, stream, Math.Min(length, log.FileLengthOf(stream)), at.ToUnixTimeMilliseconds());
                isNews = _end > end;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The bytes are in their file, and come into the log with the next try.
                Fail_NeedsLock(e);
            }
        }
        if (isNews) engine.Waits.Raise(job);
        return _end;
    }

    /// <summary>Writes beside a process that appends to the same file: what it has written by now comes first.</summary>
    private void KeepBeside_NeedsLock(AttemptLog log, OutputStream stream, ref ReadOnlySpan<byte> bytes, long milliseconds)
    {
        log.AppendToFile(stream, bytes);
        bytes = [];
        _isLosing = false;
        Adopt_NeedsLock(log, stream, log.FileLengthOf(stream), milliseconds);
    }

    private void AdoptRest_NeedsLock(AttemptLog log, long milliseconds)
    {
        foreach (var stream in AttemptLog.Streams) Adopt_NeedsLock(log, stream, log.FileLengthOf(stream), milliseconds);
    }

    private void Adopt_NeedsLock(AttemptLog log, OutputStream stream, long length, long milliseconds)
    {
        while (log.LengthOf(stream) is var start && start < length)
        {
            int adopted = log.Adopt(stream, length - start, milliseconds);
            _end = log.End;
            _dropped = log.Dropped;
            if (_dropped == 0) Hash_NeedsLock(log, stream, start, adopted);
        }
    }

    // Without a hash, the whole log is read again at its end.
    private void Hash_NeedsLock(AttemptLog log, OutputStream stream, long offset, int length)
    {
        if (_hash is not { } hash) return;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(length, LargestRead));
        try
        {
            for (int read; length > 0; offset += read, length -= read)
            {
                read = log.Read(stream, buffer.AsSpan(0, Math.Min(length, buffer.Length)), offset);
                if (read == 0) throw new IOException("A file is shorter than it was.");
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        catch (IOException)
        {
            hash.Dispose();
            _hash = null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
