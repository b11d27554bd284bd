namespace Errand.Commands;

/// <summary>Makes what a command writes the progress of its job.</summary>
internal sealed class ProgressListener(JobContext job, CommandOptions options) : ICommandListener
{
    private readonly OutputProgress _progress = new(options.CreateProgressReader());

    // Under a flood only the last of it tells how far the command is.
    public bool NeedsEverything => false;

    public void OnStarted(CommandRun run)
    {
    }

    public void OnOutput(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (_progress.Feed(stream, bytes)) job.Progress.Report(_progress.Latest!);
    }
}
