namespace Errand.Commands;

/// <summary>What is to be run, and who listens to it.</summary>
/// <param name="Input">The command.</param>
internal sealed record CommandPlan(CommandInput Input)
{
    /// <summary>How far it may go.</summary>
    public JobLimits Limits { get; init; } = JobLimits.None;

    /// <summary>Hears what the command writes.</summary>
    public ICommandListener? Listener { get; init; }
}

/// <summary>Hears a command while it runs. It is called by one thread at a time, in the order in which the log has the bytes.</summary>
internal interface ICommandListener
{
    /// <summary>Whether it needs every byte, from the first one also after another process has taken over; else a flood is heard in part.</summary>
    bool NeedsEverything { get; }

    /// <summary>The command runs, and may be written to or stopped.</summary>
    void OnStarted(CommandRun run);

    /// <summary>The command has written.</summary>
    void OnOutput(OutputStream stream, ReadOnlySpan<byte> bytes);
}
