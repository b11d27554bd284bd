namespace Errand;

/// <summary>What a wait waits for.</summary>
public sealed record WaitOptions
{
    /// <summary>How long at most. Default: without end.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Ends with any version past this one; absent waits for the end of the job.</summary>
    public long? AfterVersion { get; init; }

    /// <summary>Ends also when the job waits for input. Default: false.</summary>
    public bool OrInput { get; init; }
}

/// <summary>What a wait found.</summary>
/// <param name="Job">The job as it is.</param>
/// <param name="TimedOut">Whether the time was over before what was waited for came.</param>
public sealed record JobNews(Job Job, bool TimedOut);

/// <summary>What became of a request to end a job.</summary>
public enum StopAnswer
{
    /// <summary>It had not started, and never will.</summary>
    Cancelled,

    /// <summary>Its work is told to stop; it is cancelled once the work has ended.</summary>
    Cancelling,

    /// <summary>Somebody asked before, and its work has not ended yet.</summary>
    AlreadyCancelling,

    /// <summary>It was cancelled before.</summary>
    AlreadyCancelled,

    /// <summary>It had completed or failed, and stays so.</summary>
    AlreadyFinished,

    /// <summary>There is no such job.</summary>
    NotFound,
}

/// <summary>The answer to a request to end a job.</summary>
/// <param name="Id">The job.</param>
/// <param name="Answer">What became of it.</param>
/// <param name="Job">The job as it is, where there is one.</param>
public sealed record StopReply(JobId Id, StopAnswer Answer, Job? Job)
{
    /// <summary>The answer in words.</summary>
    public string Message => Answer switch
    {
        StopAnswer.Cancelled => $"Job {Id} is cancelled; it had not started.",
        StopAnswer.Cancelling => $"Job {Id} is told to stop; it is cancelled once its work has ended.",
        StopAnswer.AlreadyCancelling => $"Job {Id} is already cancelling.",
        StopAnswer.AlreadyCancelled => $"Job {Id} is already cancelled.",
        StopAnswer.AlreadyFinished => $"Job {Id} is already {Job?.State.ToWord()}.",
        _ => $"Job {Id} was not found.",
    };
}

/// <summary>A job, and what can be said about it now.</summary>
/// <param name="Job">The job.</param>
/// <param name="Eta">When it will be done, as far as its progress tells.</param>
/// <param name="WaitingFor">Why it does not run, where it does not.</param>
/// <param name="LastLines">The last lines of its output.</param>
public sealed record JobStatus(Job Job, DateTimeOffset? Eta, JobWait? WaitingFor, IReadOnlyList<string> LastLines);

/// <summary>Why a job does not run yet.</summary>
/// <param name="Reason">One of <see cref="JobWaitReasons"/>.</param>
/// <param name="Detail">More, for people.</param>
/// <param name="Position">Its place in line, from 1; absent when it is not in line, or far back.</param>
public sealed record JobWait(string Reason, string Detail, int? Position = null);

/// <summary>Why jobs do not run yet.</summary>
public static class JobWaitReasons
{
    /// <summary>It is in line for a free slot.</summary>
    public const string Slot = "slot";

    /// <summary>Its time has not come.</summary>
    public const string ScheduledFor = "scheduled";

    /// <summary>Another job of its session is before it.</summary>
    public const string Session = "session";

    /// <summary>It asked for input.</summary>
    public const string Input = "input";

    /// <summary>The machine is short of something that <see cref="ThrottleOptions"/> sets a limit to.</summary>
    public const string Throttled = "throttled";
}
