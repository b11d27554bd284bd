namespace Errand;

/// <summary>How a job ended, with proof.</summary>
public sealed record JobOutcome
{
    private JobOutcome(JobState state) => State = state;

    /// <summary>Completed, failed or cancelled.</summary>
    public JobState State { get; }

    /// <summary>What the work returned. A failed job may have one too: a tool's answer that says it is an error.</summary>
    public JobData Result { get; init; }

    /// <summary>How large the result is, where it was too large for the job's row and stands beside its output.</summary>
    public long? LargeResultBytes { get; init; }

    /// <summary>Why it failed.</summary>
    public JobError? Error { get; init; }

    /// <summary>The exit code, where a process ran.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it, where a process ran.</summary>
    public string? Signal { get; init; }

    /// <summary>What the job has written.</summary>
    public OutputSummary? Output { get; init; }

    /// <summary>Whether it ended well.</summary>
    public bool Success => State == JobState.Completed;

    /// <summary>Ended well.</summary>
    /// <param name="result">What the work returned.</param>
    public static JobOutcome Completed(JobData result = default) => new(JobState.Completed) { Result = result };

    /// <summary>An outcome as a store kept it.</summary>
    /// <param name="state">Completed, failed or cancelled.</param>
    public static JobOutcome Of(JobState state) => state.IsTerminal()
        ? new(state)
        : throw new ArgumentOutOfRangeException(nameof(state), state, "Only an ended job has an outcome.");

    /// <summary>Ended with an error.</summary>
    /// <param name="error">Why.</param>
    /// <param name="result">A result that came with it.</param>
    public static JobOutcome Failed(JobError error, JobData result = default) => new(JobState.Failed) { Error = error, Result = result };

    /// <summary>Stopped on request; <see cref="Job.CancelRequest"/> says whose.</summary>
    public static JobOutcome Cancelled { get; } = new(JobState.Cancelled);

    /// <summary>Ended because its process is gone and the work cannot go on.</summary>
    /// <param name="message">What happened, what was kept and what to do.</param>
    public static JobOutcome Interrupted(string message) => Failed(new JobError(JobErrorCodes.Interrupted, message));
}

/// <summary>What a job has written, for proof.</summary>
/// <param name="Bytes">How many bytes were written in all.</param>
/// <param name="Dropped">How many of them a cap has dropped.</param>
/// <param name="Sha256">The checksum of all of it, in hexadecimal; absent when something was dropped.</param>
public sealed record OutputSummary(long Bytes, long Dropped, string? Sha256);
