namespace Errand;

/// <summary>One line of a job's history.</summary>
/// <param name="At">When.</param>
/// <param name="Name">What: one of <see cref="JobEvents"/>.</param>
/// <param name="By">Who, where somebody did it.</param>
/// <param name="Detail">More, for people.</param>
/// <param name="Attempt">In which attempt, from 1; 0 before the first.</param>
public sealed record JobEvent(DateTimeOffset At, string Name, string? By = null, string? Detail = null, int Attempt = 0);

/// <summary>The names of events in a job's history.</summary>
public static class JobEvents
{
    /// <summary>It was handed in.</summary>
    public const string Submitted = "submitted";

    /// <summary>Its caller was given the id, because it took longer than the caller would wait.</summary>
    public const string Promoted = "promoted";

    /// <summary>It waited until somebody starts it, and somebody did.</summary>
    public const string StartRequested = "start_requested";

    /// <summary>A runner took it.</summary>
    public const string Started = "started";

    /// <summary>Another runner took it over, because the first was gone.</summary>
    public const string Adopted = "adopted";

    /// <summary>An attempt ended without ending the job.</summary>
    public const string AttemptFailed = "attempt_failed";

    /// <summary>An attempt ended because its runner was gone.</summary>
    public const string Crashed = "crashed";

    /// <summary>A dead letter was submitted again.</summary>
    public const string Redriven = "redriven";

    /// <summary>It could not start, and never will.</summary>
    public const string Rejected = "rejected";

    /// <summary>It asked for input.</summary>
    public const string InputRequested = "input_requested";

    /// <summary>It was given input.</summary>
    public const string InputAnswered = "input_answered";

    /// <summary>Somebody asked for its end.</summary>
    public const string CancelRequested = "cancel_requested";

    /// <summary>Somebody asked for its end at once.</summary>
    public const string KillRequested = "kill_requested";

    /// <summary>Its work was told to stop.</summary>
    public const string Signalled = "signalled";

    /// <summary>Its work did not stop in time and was left behind; it can no longer write to the job.</summary>
    public const string Abandoned = "abandoned";

    /// <summary>Its work has ended.</summary>
    public const string WorkEnded = "work_ended";

    /// <summary>Its runner's slot is free again.</summary>
    public const string SlotFreed = "slot_freed";

    /// <summary>It ended.</summary>
    public const string Finished = "finished";
}
