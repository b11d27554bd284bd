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

    /// <summary>Lets go of what the writer holds.</summary>
    protected abstract ValueTask CloseAsync();
}
