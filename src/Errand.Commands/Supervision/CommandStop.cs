namespace Errand.Commands;

/// <summary>Stops a command in steps: an interrupt as from a terminal, a request to terminate, and the kill.</summary>
internal sealed class CommandStop(ProcessTree tree, CommandOptions options, JobContext job, Func<bool> isOver)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private int _begun;

    /// <summary>Begins to stop it, once.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0) _ = RunAsync();
    }

    private async Task RunAsync()
    {
        long startedAt = job.Time.GetTimestamp();
        int sent = 0;
        while (!isOver() && job.StopReason != StopReason.LeaseLost)
        {
            int due = DueAfter(job.Time.GetElapsedTime(startedAt));
            if (due == CommandSignals.Kill)
            {
                await tree.KillAsync(job.Time, ProcessTree.KillPatience);
                return;
            }
            if (due != sent) tree.Signal(sent = due);
            // Looks often, because a cancel may become a kill, and no token tells of that.
            await Task.Delay(Look, job.Time);
        }
    }

    private int DueAfter(TimeSpan elapsed) =>
        job.StopReason == StopReason.Killed || elapsed >= options.KillAfter ? CommandSignals.Kill
        : elapsed >= options.TerminateAfter ? CommandSignals.Terminate
        : CommandSignals.Interrupt;
}
