namespace Errand;

/// <summary>The files of one attempt's log, opened for reading as they are needed.</summary>
internal sealed class AttemptFiles(OutputDisk disk, JobId job, int attempt, OutputFile index) : IDisposable
{
    private readonly OutputFile?[] _streams = new OutputFile?[2];
    private OutputFile? _trim;

    public OutputFile Index => index;

    public static AttemptFiles? Find(OutputDisk disk, JobId job, int attempt) =>
        attempt > 0 && disk.Find(job, attempt, OutputPart.Index) is { } index ? new(disk, job, attempt, index) : null;

    public TrimRecord Trim() => TrimRecord.Read(_trim ??= disk.Find(job, attempt, OutputPart.Trim));

    public OutputFile? Stream(OutputStream stream) =>
        _streams[(int)stream] ??= disk.Find(job, attempt, stream == OutputStream.Out ? OutputPart.Out : OutputPart.Err);

    /// <summary>Reads one entry; no success means that it is torn, or that it was dropped meanwhile.</summary>
    public bool TryReadEntry(long number, out IndexEntry entry)
    {
        Span<byte> bytes = stackalloc byte[IndexEntry.Size];
        return IndexEntry.TryRead(bytes[..index.Read(bytes, number * IndexEntry.Size)], out entry);
    }

    public void Dispose()
    {
        index.Dispose();
        _trim?.Dispose();
        foreach (var stream in _streams) stream?.Dispose();
    }
}
