namespace Errand;

/// <summary>
/// Writes one attempt's output. Any thread may write; what one call writes stays together. A write never throws because a disk is full
/// or broken: it is counted, the log says what is missing, and <see cref="Failure"/> says why.
/// </summary>
/// <param name="time">The clock that stamps what is written.</param>
public abstract class OutputWriter(TimeProvider time) : IAsyncDisposable
{
    /// <summary>How many bytes the attempt has written so far, those that were dropped included.</summary>
    public abstract long Bytes { get; }

    /// <summary>The last thing that kept bytes from being written; absent while all went well.</summary>
    public abstract StoreUnavailableException? Failure { get; }

    /// <summary>
    /// The folder of the attempt's files, to whose files <c>out</c> and <c>err</c> a process may append itself; absent where output is not in
    /// files. See <see cref="CreateFolder"/> and <see cref="AdoptTo"/>.
    /// </summary>
    public virtual string? Folder => null;

    /// <summary>
    /// Makes the folder, readable for its user only, before a process appends to its files. From then on what is written here is appended to
    /// the same files, after what the process has written by then.
    /// </summary>
    /// <returns>The folder.</returns>
    /// <exception cref="NotSupportedException">Output is not in files.</exception>
    /// <exception cref="StoreUnavailableException">The folder cannot be made.</exception>
    public virtual string CreateFolder() => throw NotInFiles();

    /// <summary>
    /// Makes what a process has appended to a stream's file part of the log, up to a length of that file. It may be said again; what is part
    /// of the log already stays as it is.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How long its file is known to be.</param>
    /// <returns>Where the log ends now, in bytes of both streams.</returns>
    /// <exception cref="NotSupportedException">Output is not in files.</exception>
    public long AdoptTo(OutputStream stream, long length) => AdoptBytes(stream, length, time.GetUtcNow());

    /// <summary>Writes bytes; they are visible to every reader when this returns. After the end of the log they are ignored.</summary>
    /// <param name="stream">To which stream.</param>
    /// <param name="bytes">The bytes.</param>
    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty) Append(stream, bytes, time.GetUtcNow());
    }

    /// <summary>A text writer whose every call is one write, in UTF-8, with <c>\n</c> at the end of lines.</summary>
    /// <param name="stream">To which stream.</param>
    public TextWriter Text(OutputStream stream) => new OutputTextWriter(this, stream);

    /// <summary>
    /// Ends the log: what was written is on the disk when this ends, and followers are told that nothing more will come. It does not fail
    /// because of a disk: what could not be kept is in the summary. A second call gives the same answer.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public abstract ValueTask<OutputSummary> CompleteAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets go of the log without ending it: a later writer of the same attempt may go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Appends bytes that were seen at a given time.</summary>
    /// <param name="stream">To which stream.</param>
    /// <param name="bytes">The bytes; at least one.</param>
    /// <param name="at">When they were seen.</param>
    protected internal abstract void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at);

    /// <summary>Makes what a process has appended to a stream's file part of the log.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How long its file is known to be.</param>
    /// <param name="at">When that was seen.</param>
    /// <returns>Where the log ends now.</returns>
    protected internal virtual long AdoptBytes(OutputStream stream, long length, DateTimeOffset at) => throw NotInFiles();

    private static NotSupportedException NotInFiles() => new(
        "This output is not in files, so no process can append to it. Keep output in a folder: UseOutputFolder, or a FileOutputLog.");

    /// <summary>Lets go of what the writer holds.</summary>
    protected abstract ValueTask CloseAsync();
}
