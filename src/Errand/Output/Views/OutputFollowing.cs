using System.Runtime.CompilerServices;

namespace Errand;

/// <summary>Following a job's output as it comes.</summary>
public static class OutputFollowing
{
    /// <summary>
    /// Gives what is in an attempt's log past an offset, and then what comes, without loss or repeat. It ends when nothing more can come as
    /// <see cref="IOutputLog.WaitAsync"/> knows it; an attempt that died does not say so, so cancel when the job has ended, and read the rest.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <param name="offset">Where to start: 0, or where an earlier reader stopped.</param>
    /// <param name="stream">Only this stream; by default both.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<OutputSlice> FollowAsync(
        this IOutputLog log,
        JobId job,
        int attempt,
        long offset = 0,
        OutputStream? stream = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await log.WaitAsync(job, attempt, offset, cancellationToken))
        {
            var slice = await log.ReadAsync(job, new() { Attempt = attempt, Offset = offset, Stream = stream }, cancellationToken);
            if (slice.Attempt == 0) yield break;
            offset = slice.NextOffset;
            yield return slice;
        }
    }
}
