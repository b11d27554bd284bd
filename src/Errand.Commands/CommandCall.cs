namespace Errand.Commands;

/// <summary>What a caller of a command gets: what it came to, or the job that goes on without its caller.</summary>
public sealed record CommandCall
{
    private CommandCall() { }

    /// <summary>What it came to, also where that is a failure; absent while it goes on, and where it was not started or was cancelled.</summary>
    public CommandResult? Result { get; private init; }

    /// <summary>Why it failed: an exit code that was not expected, a signal, a limit, a start that was not possible.</summary>
    public JobError? Error { get; private init; }

    /// <summary>The stored job: the handle of a command that goes on. Absent where none was stored.</summary>
    public Job? Job { get; private init; }

    /// <summary>Whether it goes on in the background.</summary>
    public bool IsPromoted { get; private init; }

    /// <summary>Whether it has ended as was expected.</summary>
    public bool Success { get; private init; }

    internal static CommandCall Of(CallResult call) => new()
    {
        Job = call.Job,
        IsPromoted = call.IsPromoted,
        Success = call.Outcome?.Success == true,
        Error = call.Outcome?.Error,
        Result = call.Outcome?.CommandResult(),
    };
}
