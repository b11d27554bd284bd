namespace Errand;

/// <summary>Digests of a job's output, for readers who pay for every line.</summary>
public static class OutputDigesting
{
    /// <summary>
    /// A log's text from a view's offset within a budget: all of it, or a third of the budget for the start and the rest for the end. It
    /// reads a bounded part of the log, however large it is, and never cuts a character.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="budgetBytes">How many bytes of UTF-8 the text may have; at least <see cref="OutputDigest.SmallestBudget"/>.</param>
    /// <param name="view">Which part, and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ValueTask<OutputDigest> DigestAsync(
        this IOutputLog log,
        JobId job,
        int budgetBytes,
        OutputView? view = null,
        CancellationToken cancellationToken = default) =>
        new DigestReader(log, job, Math.Max(budgetBytes, OutputDigest.SmallestBudget), view ?? new()).ReadAsync(cancellationToken);

    /// <summary>What a job has written since a cursor, within a budget. When an attempt has no more, it goes on with the next.</summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="since">The cursor of the last digest; without one, all of the last attempt.</param>
    /// <param name="budgetBytes">How many bytes the text may have.</param>
    /// <param name="view">How to show it; its attempt and offset are not regarded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<OutputDigest> DeltaAsync(
        this IOutputLog log,
        JobId job,
        OutputCursor? since,
        int budgetBytes,
        OutputView? view = null,
        CancellationToken cancellationToken = default)
    {
        view ??= new();
        if (since is not { Attempt: > 0 } cursor)
            return await log.DigestAsync(job, budgetBytes, view with { Attempt = null, Offset = 0 }, cancellationToken);
        int last = Math.Max(cursor.Attempt, await log.LastAttemptAsync(job, cancellationToken));
        var digest = new OutputDigest(cursor.Attempt, "") { Offset = cursor.Offset, NextOffset = cursor.Offset };
        for (int attempt = cursor.Attempt; attempt <= last; attempt++)
        {
            long offset = attempt == cursor.Attempt ? cursor.Offset : 0;
            var found = await log.DigestAsync(job, budgetBytes, view with { Attempt = attempt, Offset = offset }, cancellationToken);
            if (found.Attempt > 0) digest = found;
            if (found.NextOffset > offset) break;
        }
        return digest;
    }
}
