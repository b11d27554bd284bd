namespace Errand.Tests.Output;

/// <summary>A disk that refuses what a test wants it to refuse; a write that fails may have written a part.</summary>
internal sealed class FaultyDisk(OutputDisk disk) : OutputDisk
{
    /// <summary>Whether the next change fails.</summary>
    public Func<bool> IsBroken { get; set; } = () => false;

    /// <summary>How much of a write that fails is written.</summary>
    public Func<int, int> PartOf { get; set; } = _ => 0;

    public bool CanPunch { get; set; } = true;

    /// <summary>What happens right before bytes of a stream are read.</summary>
    public Action BeforeStreamRead { get; set; } = () => { };

    public override bool IsShared => disk.IsShared;

    public override OutputFile? Find(JobId job, int attempt, OutputPart part) =>
        disk.Find(job, attempt, part) is { } file ? new FaultyFile(this, file, part) : null;

    public override OutputFile Create(JobId job, int attempt, OutputPart part)
    {
        Check();
        return new FaultyFile(this, disk.Create(job, attempt, part), part);
    }

    public override void FlushNames(JobId job, int attempt) => Check();

    public override int LastAttempt(JobId job) => disk.LastAttempt(job);

    public override IReadOnlyList<JobId> List(JobId after, int limit) => disk.List(after, limit);

    public override void WriteResult(JobId job, int attempt, ReadOnlyMemory<byte> result)
    {
        Check();
        disk.WriteResult(job, attempt, result);
    }

    public override ReadOnlyMemory<byte> ReadResult(JobId job, int attempt) => disk.ReadResult(job, attempt);

    public override void Delete(JobId job) => disk.Delete(job);

    private void Check()
    {
        if (IsBroken()) throw new IOException("No space left on device.");
    }

    private sealed class FaultyFile(FaultyDisk disk, OutputFile file, OutputPart part) : OutputFile
    {
        public override long Length => file.Length;

        public override bool CanPunch => disk.CanPunch;

        public override int Read(Span<byte> buffer, long offset)
        {
            if (part is OutputPart.Out or OutputPart.Err) disk.BeforeStreamRead();
            return file.Read(buffer, offset);
        }

        public override void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (disk.IsBroken())
            {
                file.Write(bytes[..disk.PartOf(bytes.Length)], offset);
                throw new IOException("No space left on device.");
            }
            file.Write(bytes, offset);
        }

        public override void SetLength(long length)
        {
            disk.Check();
            file.SetLength(length);
        }

        public override void Flush() => disk.Check();

        public override void Punch(long offset, long length)
        {
            disk.Check();
            file.Punch(offset, length);
        }

        public override void Dispose() => file.Dispose();
    }
}
