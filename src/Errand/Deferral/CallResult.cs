using System.Runtime.ExceptionServices;
using System.Text.Json.Serialization.Metadata;

namespace Errand;

/// <summary>What a caller gets: the outcome, if the work ended within its patience, or the job that goes on without it.</summary>
public readonly struct CallResult
{
    private readonly Exception? _thrown;

    private CallResult(JobOutcome? outcome, Job? job, Exception? thrown)
    {
        Outcome = outcome;
        Job = job;
        _thrown = thrown;
    }

    /// <summary>How the work ended; absent when it goes on.</summary>
    public JobOutcome? Outcome { get; }

    /// <summary>
    /// The stored job: the handle of work that goes on, or the proof of a call that was stored first. Absent when nothing was stored.
    /// </summary>
    public Job? Job { get; }

    /// <summary>Whether the work goes on in the background.</summary>
    public bool IsPromoted => Outcome is null;

    /// <summary>The result as JSON.</summary>
    /// <exception cref="JobNotFinishedException">The work goes on in the background.</exception>
    /// <exception cref="JobFailedException">A stored job failed. Work that no store knows throws what its body threw.</exception>
    public JobData GetResult()
    {
        if (Outcome is null) throw new JobNotFinishedException(Job!);
        if (_thrown is not null) ExceptionDispatchInfo.Throw(_thrown);
        if (Outcome.Success) return Outcome.Result;
        throw Job is { } job
            ? new JobFailedException(job)
            : new JobErrorException(Outcome.Error ?? new(JobErrorCodes.Exception, "The call was cancelled."));
    }

    /// <summary>The result as a value.</summary>
    /// <param name="type">How the type is read.</param>
    public T? GetResult<T>(JsonTypeInfo<T> type) => GetResult().As(type);

    internal static CallResult Ended(JobOutcome outcome, Exception? thrown = null) => new(outcome, null, thrown);

    internal static CallResult Stored(Job job, JobOutcome outcome) => new(outcome, job, null);

    internal static CallResult Promoted(Job job) => new(null, job, null);
}
