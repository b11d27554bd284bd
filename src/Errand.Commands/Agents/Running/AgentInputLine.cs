namespace Errand.Commands;

/// <summary>The open standard input of a CLI: what is said to it is written in order, one after the other.</summary>
/// <param name="run">The CLI.</param>
/// <param name="job">Its job.</param>
internal sealed class AgentInputLine(CommandRun run, JobContext job)
{
    // Its supervisor opens the pipe a moment after the start.
    private static readonly TimeSpan OpensWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Writes, after what was written before. A CLI that no longer reads is no error.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_lock) return _last = NextAsync(_last, bytes);
    }

    /// <summary>Ends the input, after what was written before.</summary>
    public void Close()
    {
        lock (_lock) _last = CloseAsync(_last);
    }

    private async Task NextAsync(Task before, ReadOnlyMemory<byte> bytes)
    {
        await before;
        try
        {
            long began = job.Time.GetTimestamp();
            while (!await run.WriteInputAsync(bytes) && job.Time.GetElapsedTime(began) < OpensWithin)
                await Task.Delay(Pause, job.Time, job.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It is being stopped, and need hear nothing more.
        }
    }

    private async Task CloseAsync(Task before)
    {
        await before;
        run.CloseInput();
    }
}
