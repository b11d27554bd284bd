namespace Errand;

/// <summary>Why a job failed, in a form that programs can act on.</summary>
/// <param name="Code">One of <see cref="JobErrorCodes"/>, or a code of the job's own.</param>
/// <param name="Message">What happened, for people.</param>
/// <param name="Retryable">Whether trying again could help.</param>
public sealed record JobError(string Code, string Message, bool Retryable = true)
{
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

    /// <summary>Its process died or was shut down, and the work cannot go on.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>It could not be started: no executor, or an input that does not fit.</summary>
    public const string StartFailed = "start_failed";
}
