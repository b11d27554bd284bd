namespace Errand;

/// <summary>What a job is doing, in the six words that every surface uses.</summary>
public enum JobState
{
    /// <summary>Waiting to be started.</summary>
    Queued,

    /// <summary>Its work is under way.</summary>
    Running,

    /// <summary>Its work waits for input from a person or a caller; it holds its lease, not a slot.</summary>
    Waiting,

    /// <summary>Ended well, with a result.</summary>
    Completed,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Stopped because somebody asked for it.</summary>
    Cancelled,
}

/// <summary>
/// A job's place in the state machine: its state, and whether a cancel was asked for. Transitions are written over phases, so that
/// "after a cancel request the only end is cancelled" is a row in a table and not a rule in a store.
/// </summary>
public enum JobPhase
{
    /// <summary>Queued.</summary>
    Queued = 0,

    /// <summary>Running.</summary>
    Running = 1,

    /// <summary>Running, and asked to stop.</summary>
    RunningCancelling = 2,

    /// <summary>Waiting for input.</summary>
    Waiting = 3,

    /// <summary>Waiting for input, and asked to stop.</summary>
    WaitingCancelling = 4,

    /// <summary>Ended well.</summary>
    Completed = 5,

    /// <summary>Ended with an error.</summary>
    Failed = 6,

    /// <summary>Stopped on request.</summary>
    Cancelled = 7,
}

/// <summary>A set of phases as bits: bit <c>n</c> stands for the phase with the value <c>n</c>.</summary>
[Flags]
public enum JobPhases
{
    /// <summary>No phase.</summary>
    None = 0,

    /// <summary><see cref="JobPhase.Queued"/>.</summary>
    Queued = 1 << JobPhase.Queued,

    /// <summary><see cref="JobPhase.Running"/>.</summary>
    Running = 1 << JobPhase.Running,

    /// <summary><see cref="JobPhase.RunningCancelling"/>.</summary>
    RunningCancelling = 1 << JobPhase.RunningCancelling,

    /// <summary><see cref="JobPhase.Waiting"/>.</summary>
    Waiting = 1 << JobPhase.Waiting,

    /// <summary><see cref="JobPhase.WaitingCancelling"/>.</summary>
    WaitingCancelling = 1 << JobPhase.WaitingCancelling,

    /// <summary><see cref="JobPhase.Completed"/>.</summary>
    Completed = 1 << JobPhase.Completed,

    /// <summary><see cref="JobPhase.Failed"/>.</summary>
    Failed = 1 << JobPhase.Failed,

    /// <summary><see cref="JobPhase.Cancelled"/>.</summary>
    Cancelled = 1 << JobPhase.Cancelled,

    /// <summary>Every phase in which a cancel was asked for and has not yet ended.</summary>
    Cancelling = RunningCancelling | WaitingCancelling,

    /// <summary>Every phase in which a runner holds the job.</summary>
    Held = Running | Waiting | Cancelling,

    /// <summary>Every phase that is not an end.</summary>
    Live = Queued | Held,

    /// <summary>The three ends.</summary>
    Ended = Completed | Failed | Cancelled,
}

/// <summary>The states of jobs that have ended, and of those that have not.</summary>
internal static class JobStates
{
    public static readonly JobState[] Live = [JobState.Queued, JobState.Running, JobState.Waiting];

    public static readonly JobState[] Ended = [JobState.Completed, JobState.Failed, JobState.Cancelled];
}

/// <summary>Questions about states and phases.</summary>
public static class JobStateExtensions
{
    /// <summary>Whether the state is an end, which never changes.</summary>
    /// <param name="state">The state.</param>
    public static bool IsTerminal(this JobState state) => state >= JobState.Completed;

    /// <summary>The state that a phase shows to the world.</summary>
    /// <param name="phase">The phase.</param>
    public static JobState ToState(this JobPhase phase) => phase switch
    {
        JobPhase.Queued => JobState.Queued,
        JobPhase.Running or JobPhase.RunningCancelling => JobState.Running,
        JobPhase.Waiting or JobPhase.WaitingCancelling => JobState.Waiting,
        JobPhase.Completed => JobState.Completed,
        JobPhase.Failed => JobState.Failed,
        _ => JobState.Cancelled,
    };

    /// <summary>The phases that a state covers.</summary>
    /// <param name="state">The state.</param>
    public static JobPhases ToPhases(this JobState state) => state switch
    {
        JobState.Queued => JobPhases.Queued,
        JobState.Running => JobPhases.Running | JobPhases.RunningCancelling,
        JobState.Waiting => JobPhases.Waiting | JobPhases.WaitingCancelling,
        JobState.Completed => JobPhases.Completed,
        JobState.Failed => JobPhases.Failed,
        _ => JobPhases.Cancelled,
    };

    /// <summary>The one phase of a state that is an end.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="ArgumentOutOfRangeException">The state is not an end.</exception>
    public static JobPhase ToEnd(this JobState state) => state switch
    {
        JobState.Completed => JobPhase.Completed,
        JobState.Failed => JobPhase.Failed,
        JobState.Cancelled => JobPhase.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "The state is not an end; ask IsTerminal first."),
    };

    /// <summary>Whether the phase is an end, which never changes.</summary>
    /// <param name="phase">The phase.</param>
    public static bool IsTerminal(this JobPhase phase) => phase >= JobPhase.Completed;

    /// <summary>Whether the set has the phase.</summary>
    /// <param name="phases">The set.</param>
    /// <param name="phase">The phase.</param>
    public static bool Has(this JobPhases phases, JobPhase phase) => ((int)phases & (1 << (int)phase)) != 0;

    /// <summary>The word for a state on the wire and in the command line.</summary>
    /// <param name="state">The state.</param>
    public static string ToWord(this JobState state) => state switch
    {
        JobState.Queued => "queued",
        JobState.Running => "running",
        JobState.Waiting => "waiting",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        _ => "cancelled",
    };
}
