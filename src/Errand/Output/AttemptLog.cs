namespace Errand;

/// <summary>
/// The end of one attempt's log, where it grows. Bytes go to their stream's file first and become part of the log with their index entry.
/// It belongs to one writer, which lets one thread in at a time; every method may throw what a disk throws, and can then be called again.
/// </summary>
internal sealed partial class AttemptLog : IDisposable
{
    private const int LargestPiece = 256 * 1024;
    private const uint LargestLoss = 1 << 30;

    /// <summary>The two streams.</summary>
    public static readonly OutputStream[] Streams = [OutputStream.Out, OutputStream.Err];

    private readonly OutputDisk _disk;
    private readonly JobId _job;
    private readonly int _attempt;
    private readonly OutputFile _index;
    private readonly OutputFile?[] _streams = new OutputFile?[2];
    private readonly long[] _lengths = new long[2];
    private OutputFile? _trimFile;
    private TrimRecord _trim;
    private long _entries;
    private bool _isTorn;
    private bool _isTrimStale;
    private bool _isCompleted;

    private AttemptLog(OutputDisk disk, JobId job, int attempt, OutputOptions options)
    {
        _disk = disk;
        _job = job;
        _attempt = attempt;
        _headMax = options.HeadBytes;
        _tailMax = options.MaxBytes - options.HeadBytes;
        _index = disk.Create(job, attempt, OutputPart.Index);
    }

    /// <summary>Where the log ends.</summary>
    public long End => _lengths[0] + _lengths[1];

    /// <summary>How many bytes of it are not there.</summary>
    public long Dropped => _trim.Dropped;

    /// <summary>Whether it had entries when it was opened.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Whether somebody else has appended: this writer was frozen, and its attempt was given to another.</summary>
    public bool IsTakenOver => !_isTorn && _index.Length != _entries * IndexEntry.Size;

    /// <summary>Appends as many of the bytes as go into one piece.</summary>
    /// <returns>How many; 0 when the cap is reached and nothing can be dropped.</returns>
    public int Append(OutputStream stream, ReadOnlySpan<byte> bytes, long milliseconds)
    {
        int length = FitPiece(bytes.Length);
        if (!MakeRoom(IndexEntry.CostOf(length))) return 0;
        FileOf(stream).Write(bytes[..length], _lengths[(int)stream]);
        AppendEntry(stream, (uint)length, milliseconds, lost: false);
        return length;
    }

    /// <summary>Makes a piece of the bytes part of the log that are in the stream's file already: a process has written them itself.</summary>
    /// <returns>How many they are.</returns>
    public int Adopt(OutputStream stream, long length, long milliseconds)
    {
        int piece = FitPiece((int)Math.Min(length, LargestPiece));
        // They are there, whether or not there is room for them.
        MakeRoom(IndexEntry.CostOf(piece));
        AppendEntry(stream, (uint)piece, milliseconds, lost: false);
        return piece;
    }

    /// <summary>Writes to the end of a stream's file, to which a process appends as well; the bytes are to be adopted.</summary>
    public void AppendToFile(OutputStream stream, ReadOnlySpan<byte> bytes) => FileOf(stream).Append(bytes);

    /// <summary>How many bytes of a stream are part of the log.</summary>
    public long LengthOf(OutputStream stream) => _lengths[(int)stream];

    /// <summary>How long a stream's file is.</summary>
    public long FileLengthOf(OutputStream stream)
    {
        if (_streams[(int)stream] is { } open) return open.Length;
        using var file = _disk.Find(_job, _attempt, PartOf(stream));
        return file?.Length ?? 0;
    }

    /// <summary>Reads bytes of a stream's file.</summary>
    public int Read(OutputStream stream, Span<byte> buffer, long offset) => FileOf(stream).Read(buffer, offset);

    /// <summary>Leaves a gap for bytes that could not be written, so that offsets count them.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How many; what has its gap is taken off.</param>
    /// <param name="milliseconds">The time.</param>
    public void AppendLost(OutputStream stream, ref long length, long milliseconds)
    {
        while (length > 0)
        {
            uint piece = (uint)Math.Min(length, LargestLoss);
            MakeRoom(IndexEntry.CostOf(0));
            AppendEntry(stream, piece, milliseconds, lost: true);
            length -= piece;
        }
        if (_isTrimStale) WriteTrim(_trim);
    }

    /// <summary>Marks the end, and brings everything to the disk.</summary>
    public void Complete(long milliseconds)
    {
        foreach (var stream in Streams) Flush(stream);
        if (!_isCompleted) AppendEntry(new(End, _lengths[0], milliseconds, 0, IndexEntryKind.End));
        if (_isTrimStale) WriteTrim(_trim);
        _index.Flush();
        _trimFile?.Flush();
        _disk.FlushNames(_job, _attempt);
    }

    public void Dispose()
    {
        _index.Dispose();
        _trimFile?.Dispose();
        foreach (var stream in _streams) stream?.Dispose();
    }

    private void AppendEntry(OutputStream stream, uint length, long milliseconds, bool lost) =>
        AppendEntry(new(End, _lengths[(int)stream], milliseconds, length, IndexEntry.KindOf(stream, lost)));

    private void AppendEntry(IndexEntry entry)
    {
        Span<byte> bytes = stackalloc byte[IndexEntry.Size];
        entry.Write(bytes);
        // A disk that fills up may take a part of an entry; the next one is written over it.
        _isTorn = true;
        _index.Write(bytes, _entries * IndexEntry.Size);
        _isTorn = false;
        Count(entry);
    }

    private void Count(IndexEntry entry)
    {
        CountCost(entry);
        if (entry.Length > 0) _lengths[(int)entry.Stream] += entry.Length;
        if (entry.IsLost) _trim = _trim with { Lost = _trim.Lost + entry.Length };
        _isTrimStale |= entry.IsLost;
        _isCompleted = entry.Kind == IndexEntryKind.End;
        _entries++;
    }

    private void WriteTrim(TrimRecord record)
    {
        record = record with { Sequence = _trim.Sequence + 1 };
        record.Write(_trimFile ??= _disk.Create(_job, _attempt, OutputPart.Trim));
        _trim = record;
        _isTrimStale = false;
    }

    // A process may have written to a file that was never opened here.
    private void Flush(OutputStream stream)
    {
        if (FileLengthOf(stream) > 0) FileOf(stream).Flush();
    }

    private OutputFile FileOf(OutputStream stream) => _streams[(int)stream] ??= _disk.Create(_job, _attempt, PartOf(stream));

    private static OutputPart PartOf(OutputStream stream) => stream == OutputStream.Out ? OutputPart.Out : OutputPart.Err;
}
