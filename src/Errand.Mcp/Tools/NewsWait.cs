namespace Errand.Mcp;

/// <summary>Waits for news of a job, and meanwhile lets a client that asked for it hear how far the job has come.</summary>
internal sealed class NewsWait(IJobClient jobs, IOutputLog output, TimeProvider time)
{
    /// <summary>Waits.</summary>
    /// <param name="job">The job, as it was read.</param>
    /// <param name="known">What its caller knows already.</param>
    /// <param name="anyChange">Whether any change is news, output too; else its end is, or a question.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="heartbeat">Hears of its progress.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the time was over before there was news.</returns>
    public async ValueTask<bool> WaitAsync(
        Job job, WaitCursor known, bool anyChange, TimeSpan timeout, Heartbeat? heartbeat, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        JobProgress? told = null;
        while (!IsNews(job, known, anyChange))
        {
            if (heartbeat is not null && job.Progress is { } progress && progress != told) await heartbeat.TellAsync(told = progress);
            var left = timeout - time.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero) return true;
            if (anyChange && await HasWrittenAsync(job, known, left, cancellationToken)) return false;
            left = timeout - time.GetElapsedTime(startedAt);
            var change = new WaitOptions { AfterVersion = job.Version, Timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero };
            job = (await jobs.WaitAsync(job.Id, change, cancellationToken)).Job;
        }
        return false;
    }

    // A question that the caller was told of is no news: whoever may answer it does so elsewhere, or the caller would not wait.
    private static bool IsNews(Job job, WaitCursor known, bool anyChange) =>
        job.IsTerminal || (job.Version > known.Version && (anyChange || job.State == JobState.Waiting));

    /// <summary>Waits for output, or a change of the job.</summary>
    /// <returns>Whether there is output.</returns>
    private async ValueTask<bool> HasWrittenAsync(Job job, WaitCursor known, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var from = known.Output.Attempt < job.Attempt ? new(job.Attempt, 0) : known.Output;
        var written = WrittenAsync(job.Id, from, either.Token);
        var changed = jobs.WaitAsync(job.Id, new() { AfterVersion = job.Version, Timeout = timeout }, either.Token).AsTask();
        await Task.WhenAny(written, changed);
        // A log that is complete says so at once: then only the job can bring news.
        bool isWritten = written.IsCompletedSuccessfully && await written;
        if (written.IsCompleted && !isWritten) await changed;
        either.Cancel();
        await Task.WhenAny(Task.WhenAll(written, changed));
        cancellationToken.ThrowIfCancellationRequested();
        return isWritten;
    }

    private async Task<bool> WrittenAsync(JobId id, OutputCursor from, CancellationToken cancellationToken)
    {
        try { return await output.WaitAsync(id, Math.Max(1, from.Attempt), from.Offset, cancellationToken); }
        catch (OperationCanceledException) { return false; }
    }
}
