namespace Errand;

/// <summary>
/// Where the output of jobs lives: one log for each attempt, of two streams in the order in which they were written. One writer appends;
/// any number of readers, also in other processes, read from any offset, follow and resume without loss or repeat.
/// </summary>
/// <remarks>
/// Offsets are positions in the merged log of one attempt. They stay true for ever: what a cap drops leaves a hole that reads jump over.
/// An attempt that writes nothing leaves nothing. Reads of jobs that are not there answer with an empty slice of attempt 0.
/// </remarks>
public interface IOutputLog : IAsyncDisposable
{
    /// <summary>Opens an attempt's log for writing. It goes on at its end if there is one, and makes nothing before the first byte.</summary>
    /// <param name="job">The job.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    OutputWriter Open(JobId job, int attempt);

    /// <summary>Reads a part of a log.</summary>
    /// <param name="job">The job.</param>
    /// <param name="range">Which part.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The log is there but cannot be read.</exception>
    ValueTask<OutputSlice> ReadAsync(JobId job, OutputRange range, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until there is something past an offset. A log that does not exist is waited for at offset 0; at any other it was deleted.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Whether there is something; if not, nothing will come: the attempt's writer has ended its log, a later attempt has written, or the log was
    /// deleted. An attempt that died, or that wrote nothing, is not known to have ended here: watch the job as well.
    /// </returns>
    ValueTask<bool> WaitAsync(JobId job, int attempt, long offset, CancellationToken cancellationToken = default);

    /// <summary>The last attempt that has written something; 0 when none has.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<int> LastAttemptAsync(JobId job, CancellationToken cancellationToken = default);

    /// <summary>The jobs that have output or a result here, ordered by id: for sweeping what no store knows any more.</summary>
    /// <param name="after">Only those after this one; the default for the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<JobId>> ListAsync(JobId after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Keeps a result that is too large for a store; it is durable when this ends. A second one replaces the first.</summary>
    /// <param name="job">The job.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <param name="result">The result.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnavailableException">It could not be kept.</exception>
    ValueTask WriteResultAsync(JobId job, int attempt, JobData result, CancellationToken cancellationToken = default);

    /// <summary>Reads a result that was kept; <see cref="JobData.None"/> when there is none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<JobData> ReadResultAsync(JobId job, int attempt, CancellationToken cancellationToken = default);

    /// <summary>Removes everything of a job, results too. Whoever follows it is told that nothing will come.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask DeleteAsync(JobId job, CancellationToken cancellationToken = default);
}
