namespace Errand;

/// <summary>Why a job failed, in a form that programs can act on.</summary>
/// <param name="Code">One of <see cref="JobErrorCodes"/>, or a code of the job's own.</param>
/// <param name="Message">What happened, for people.</param>
/// <param name="Retryable">Whether trying again could help.</param>
public sealed record JobError(string Code, string Message, bool Retryable = true)
{
    /// <summary>The soonest that trying again could help; a longer delay of the policy counts, a shorter one does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>More about it, as JSON.</summary>
    public JobData Details { get; init; }
}

/// <summary>The codes that Errand itself gives to failures.</summary>
public static class JobErrorCodes
{
    /// <summary>The work threw an exception.</summary>
    public const string Exception = "exception";

    /// <summary>It ran longer than its limit.</summary>
    public const string Timeout = "timeout";

    /// <summary>It wrote more output than its limit.</summary>
    public const string LimitOutput = "limit_output";

    /// <summary>Its process died or was shut down, and the work cannot go on.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>It could not be started: no executor, or an input that does not fit.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>A job that it was to start after did not complete.</summary>
    public const string DependencyFailed = "dependency_failed";

    /// <summary>Its process died under it again and again.</summary>
    public const string CrashLoop = "crash_loop";
}
