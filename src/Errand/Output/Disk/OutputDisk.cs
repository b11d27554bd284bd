namespace Errand;

/// <summary>The parts of an attempt's log, each a file.</summary>
internal enum OutputPart
{
    /// <summary>Which bytes are where, in order: fixed-size <see cref="IndexEntry"/>s.</summary>
    Index,

    /// <summary>What the log has lost: a <see cref="TrimRecord"/>; only there once something was.</summary>
    Trim,

    /// <summary>The bytes of the first stream.</summary>
    Out,

    /// <summary>The bytes of the second stream.</summary>
    Err,
}

/// <summary>Where the files of output logs are. The rules of a log are written once, over this; it has two kinds: folders, and memory.</summary>
internal abstract class OutputDisk
{
    /// <summary>Whether other processes may write here, so that waits must look now and then.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Opens a file to read; nothing when it is not there.</summary>
    public abstract OutputFile? Find(JobId job, int attempt, OutputPart part);

    /// <summary>Opens a file to write, and makes it when it is not there.</summary>
    public abstract OutputFile Create(JobId job, int attempt, OutputPart part);

    /// <summary>The folder of an attempt, in which other processes may write; absent where there are none.</summary>
    public virtual string? FolderOf(JobId job, int attempt) => null;

    /// <summary>Makes the folder of an attempt.</summary>
    public virtual void CreateFolder(JobId job, int attempt) => throw new NotSupportedException();

    /// <summary>Brings the names of an attempt's files to the disk.</summary>
    public abstract void FlushNames(JobId job, int attempt);

    /// <summary>The last attempt with an index; 0 for none.</summary>
    public abstract int LastAttempt(JobId job);

    public abstract IReadOnlyList<JobId> List(JobId after, int limit);

    public abstract void WriteResult(JobId job, int attempt, ReadOnlyMemory<byte> result);

    public abstract ReadOnlyMemory<byte> ReadResult(JobId job, int attempt);

    public abstract void Delete(JobId job);
}

/// <summary>A file of a log. One writer and any number of readers use it at once.</summary>
internal abstract class OutputFile : IDisposable
{
    public abstract long Length { get; }

    /// <summary>Reads as much as there is, up to the length of the buffer.</summary>
    public abstract int Read(Span<byte> buffer, long offset);

    public abstract void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Writes after whatever is there by then, in one piece, while other processes may do the same.</summary>
    public virtual void Append(ReadOnlySpan<byte> bytes) => Write(bytes, Length);

    /// <summary>Cuts the file off, or makes it longer by bytes that take no space.</summary>
    public abstract void SetLength(long length);

    public abstract void Flush();

    /// <summary>Whether this file can give back space in its middle.</summary>
    public abstract bool CanPunch { get; }

    /// <summary>Gives back the space of bytes that are never read again.</summary>
    public abstract void Punch(long offset, long length);

    public abstract void Dispose();
}
