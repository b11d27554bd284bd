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

/// <summary>What became of a request to start a job.</summary>
public enum StartAnswer
{
    /// <summary>It waited for that, and is in line or runs now.</summary>
    Started,

    /// <summary>It does not wait for that, and has not begun to run yet.</summary>
    AlreadyStarted,

    /// <summary>It runs.</summary>
    AlreadyRunning,

    /// <summary>It has ended, and stays so.</summary>
    AlreadyFinished,

    /// <summary>There is no such job.</summary>
    NotFound,
}

/// <summary>The answer to a request to start a job.</summary>
/// <param name="Id">The job.</param>
/// <param name="Answer">What became of it.</param>
/// <param name="Job">The job as it is, where there is one.</param>
public sealed record StartReply(JobId Id, StartAnswer Answer, Job? Job)
{
    /// <summary>The answer in words.</summary>
    public string Message => Answer switch
    {
        StartAnswer.Started => $"Job {Id} is started; it is {Job?.State.ToWord()}.",
        StartAnswer.AlreadyStarted => $"Job {Id} is already started, and queued.",
        StartAnswer.AlreadyRunning => $"Job {Id} is already running.",
        StartAnswer.AlreadyFinished =>
            $"Job {Id} is already {Job?.State.ToWord()}. Submit it again, or retry it, if its work is to be done once more.",
        _ => $"Job {Id} was not found.",
    };
}

/// <summary>A job, and what can be said about it now.</summary>
/// <param name="Job">The job.</param>
/// <param name="Eta">When it will be done, as far as its progress or the history of its kind tell.</param>
/// <param name="WaitingFor">Why it does not run, where it does not.</param>
/// <param name="LastLines">The last lines of its output.</param>
public sealed record JobStatus(Job Job, JobEta? Eta, JobWait? WaitingFor, IReadOnlyList<string> LastLines);

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

    /// <summary>Nobody has started it yet.</summary>
    public const string Start = "start";

    /// <summary>Its time has not come.</summary>
    public const string ScheduledFor = "scheduled";

    /// <summary>Another job of its session is before it.</summary>
    public const string Session = "session";

    /// <summary>It asked for input.</summary>
    public const string Input = "input";

    /// <summary>The machine is short of something that <see cref="ThrottleOptions"/> sets a limit to.</summary>
    public const string Throttled = "throttled";

    /// <summary>A job that it starts after has not ended.</summary>
    public const string Dependency = "dependency";

    /// <summary>A cap that it stands under is full, or its rate lets none start yet.</summary>
    public const string Cap = "cap";

    /// <summary>Its kind, or everything, is paused.</summary>
    public const string Paused = "paused";
}

/// <summary>One attempt at a job.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended; absent while it is under way.</param>
/// <param name="Runner">Who ran it.</param>
/// <param name="Problem">How it failed, where it did.</param>
public sealed record JobAttempt(int Number, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Runner, string? Problem);

/// <summary>How far a batch has come.</summary>
/// <param name="Id">The batch.</param>
/// <param name="Counts">How many of its jobs there are in each state.</param>
public sealed record BatchStatus(JobId Id, IReadOnlyDictionary<JobState, long> Counts)
{
    /// <summary>How many jobs it has.</summary>
    public long Total => Counts.Values.Sum();

    /// <summary>How many of them have ended.</summary>
    public long Ended => Counts.Where(count => count.Key.IsTerminal()).Sum(count => count.Value);

    /// <summary>Whether all have ended.</summary>
    public bool IsComplete => Ended == Total;

    /// <summary>Whether all have ended well.</summary>
    public bool IsSuccess => Counts.GetValueOrDefault(JobState.Completed) == Total;

    /// <summary>How much of it has ended, from 0 to 100.</summary>
    public double Percent => Total == 0 ? 0 : 100.0 * Ended / Total;
}

/// <summary>How a wait for a batch ended.</summary>
/// <param name="Batch">The batch as it is.</param>
/// <param name="TimedOut">Whether the time was over before all had ended.</param>
public sealed record BatchNews(BatchStatus Batch, bool TimedOut);

/// <summary>How a job ended that another one started after.</summary>
/// <param name="Job">The job.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record ParentOutcome(JobId Job, JobOutcome Outcome);
