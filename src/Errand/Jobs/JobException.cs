namespace Errand;

/// <summary>Something that a caller of Errand can act on. There is one sealed class for each.</summary>
public abstract class JobException : Exception
{
    private protected JobException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The job it is about, where there is one.</summary>
    public JobId? JobId { get; private protected init; }
}

/// <summary>Something in a request is not as it must be; nothing was started.</summary>
public sealed class InvalidJobException : JobException
{
    /// <summary>A refusal that names the parameter.</summary>
    /// <param name="parameter">Which part of the request.</param>
    /// <param name="message">What is wrong, and what would be right.</param>
    /// <param name="inner">What brought it to light.</param>
    public InvalidJobException(string parameter, string message, Exception? inner = null) : base(message, inner) => Parameter = parameter;

    /// <summary>Which part of the request.</summary>
    public string Parameter { get; }
}

/// <summary>Nobody here knows how to run this kind of job.</summary>
public sealed class UnknownJobKindException : JobException
{
    /// <summary>A refusal that lists what is known.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="known">The kinds that are registered.</param>
    public UnknownJobKindException(string kind, IEnumerable<string> known)
        : base($"No job of kind '{kind}' is registered here. Registered: {Listed(known)}. " +
               "Register it with AddJob, or list it in ErrandOptions.RemoteKinds if another process runs it.") => Kind = kind;

    /// <summary>The kind.</summary>
    public string Kind { get; }

    private static string Listed(IEnumerable<string> known)
    {
        string list = string.Join(", ", known.Order(StringComparer.Ordinal));
        return list.Length == 0 ? "none" : list;
    }
}

/// <summary>There is no such job, or the caller may not know of it.</summary>
public sealed class JobNotFoundException : JobException
{
    /// <summary>A refusal that names the id.</summary>
    /// <param name="id">The id.</param>
    public JobNotFoundException(JobId id) : base($"Job {id} was not found. It may have expired, or the id is mistyped.") => JobId = id;
}

/// <summary>A result was asked for before there is one.</summary>
public sealed class JobNotFinishedException : JobException
{
    /// <summary>A refusal that says what the job is doing.</summary>
    /// <param name="job">The job.</param>
    public JobNotFinishedException(Job job)
        : base($"Job {job.Id} is {job.State.ToWord()} and has no result yet. Wait for it with WaitAsync, or ask again later.")
    {
        JobId = job.Id;
        State = job.State;
    }

    /// <summary>What the job is doing.</summary>
    public JobState State { get; }
}

/// <summary>A job whose result was asked for has failed or was cancelled.</summary>
public sealed class JobFailedException : JobException
{
    /// <summary>A refusal that carries how the job ended.</summary>
    /// <param name="job">The job.</param>
    public JobFailedException(Job job) : base(Describe(job))
    {
        JobId = job.Id;
        Outcome = job.Outcome!;
    }

    /// <summary>How it ended.</summary>
    public JobOutcome Outcome { get; }

    private static string Describe(Job job) => job.State == JobState.Cancelled
        ? $"Job {job.Id} was cancelled{(job.CancelRequest?.By is { } by ? $" by {by}" : "")}."
        : $"Job {job.Id} failed: {job.Outcome?.Error?.Message} ({job.Outcome?.Error?.Code}).";
}

/// <summary>An input, a result or a checkpoint is larger than a store is meant to carry.</summary>
public sealed class PayloadTooLargeException : JobException
{
    /// <summary>A refusal that names the part and the limit.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="bytes">How large it is.</param>
    /// <param name="limit">How large it may be.</param>
    public PayloadTooLargeException(string part, long bytes, long limit)
        : base($"The {part} has {bytes:N0} bytes and may have {limit:N0} (ErrandOptions.MaxPayloadBytes). " +
               "Pass a path or an address to large data instead, or write it to the job's output.")
    {
        Part = part;
        Limit = limit;
    }

    /// <summary>Which part.</summary>
    public string Part { get; }

    /// <summary>How large it may be.</summary>
    public long Limit { get; }
}

/// <summary>A key was used before for another request.</summary>
public sealed class JobKeyConflictException : JobException
{
    /// <summary>A refusal that names the job that has the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="existing">The job that has it.</param>
    public JobKeyConflictException(string key, Job existing)
        : base($"The key '{key}' already names job {existing.Id}, which has another kind or input. Use a new key for a new request.") =>
        JobId = existing.Id;
}

/// <summary>An answer was given to a question that is not open.</summary>
public sealed class InputNotExpectedException : JobException
{
    /// <summary>A refusal that lists the open questions.</summary>
    /// <param name="job">The job.</param>
    /// <param name="key">The question that was meant.</param>
    public InputNotExpectedException(Job job, string key) : base(Describe(job, key)) => JobId = job.Id;

    private static string Describe(Job job, string key)
    {
        string open = string.Join(", ", job.Inputs.Where(input => input.IsOutstanding).Select(input => $"'{input.Key}'"));
        return job.State != JobState.Waiting
            ? $"Job {job.Id} is {job.State.ToWord()} and waits for no input."
            : $"Job {job.Id} has no open question '{key}'; it waits for {open}.";
    }
}

/// <summary>This process is shutting down and takes no more work.</summary>
public sealed class ShuttingDownException : JobException
{
    /// <summary>A refusal that says what to do.</summary>
    public ShuttingDownException() : base("This process is shutting down and takes no more jobs. Submit again once it is back.") { }

    private ShuttingDownException(string message) : base(message) { }

    /// <summary>A call whose work goes on, and whose caller cannot be given its id.</summary>
    internal static ShuttingDownException WithWorkLeft() => new(
        "This process is shutting down, and the call could not be handed over before that. Its work goes on, and is among the jobs as soon as " +
        "a process takes it up: look for it in the list of jobs, and do not submit it again.");
}

/// <summary>The store cannot be reached or written to for now; what was asked for did not happen, or is not known to have happened.</summary>
public sealed class StoreUnavailableException : JobException
{
    /// <summary>A refusal that says what is the matter.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="inner">What brought it to light.</param>
    public StoreUnavailableException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>The store is there but must not be used: it is damaged, or was written by a newer version.</summary>
public sealed class StoreRefusedException : JobException
{
    /// <summary>A refusal that says what is the matter.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="inner">What brought it to light.</param>
    public StoreRefusedException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>As many jobs wait under a cap as may.</summary>
public sealed class QueueFullException : JobException
{
    /// <summary>Refuses a job.</summary>
    /// <param name="cap">The cap.</param>
    public QueueFullException(JobCap cap)
        : base(
            $"The queue is full; maximum {cap.Size.Queued} ({cap.Name}). " +
            "Wait until some of its jobs have started, cancel some, or raise the cap (ErrandOptions.Caps).") =>
        Cap = cap;

    /// <summary>The cap.</summary>
    public JobCap Cap { get; }
}

/// <summary>A kind, or everything, is being drained.</summary>
public sealed class QueueDrainingException : JobException
{
    /// <summary>Refuses a job.</summary>
    /// <param name="kind">The kind; empty where all are.</param>
    public QueueDrainingException(string kind)
        : base(
            $"{(kind.Length == 0 ? "The queue" : $"The queue of '{kind}'")} is being drained and takes no more jobs. " +
            "Submit again once it is resumed.") =>
        Kind = kind;

    /// <summary>The kind; empty where all are.</summary>
    public string Kind { get; }
}

/// <summary>There is no such batch, or none of its jobs is kept any more.</summary>
public sealed class BatchNotFoundException : JobException
{
    /// <summary>Says which.</summary>
    /// <param name="batch">The batch.</param>
    public BatchNotFoundException(JobId batch)
        : base($"Batch {batch} was not found. Its jobs may have been removed after their retention, or the id is mistyped.") => Batch = batch;

    /// <summary>The batch.</summary>
    public JobId Batch { get; }
}
