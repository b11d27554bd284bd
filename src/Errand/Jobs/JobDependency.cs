namespace Errand;

/// <summary>That a job starts only after another one.</summary>
/// <param name="Job">The job that comes before.</param>
/// <param name="OnAnyEnd">Whether any end of it will do. Otherwise it must complete: if it does not, the dependent ends with it.</param>
public readonly record struct JobDependency(JobId Job, bool OnAnyEnd)
{
    /// <summary>
    /// After it has completed; if it fails, the dependent fails as <see cref="JobErrorCodes.DependencyFailed"/>, if it is cancelled, so is the
    /// dependent.
    /// </summary>
    /// <param name="job">The job that comes before.</param>
    public static JobDependency OnSuccess(JobId job) => new(job, OnAnyEnd: false);

    /// <summary>After it has ended, however it did.</summary>
    /// <param name="job">The job that comes before.</param>
    public static JobDependency OnEnd(JobId job) => new(job, OnAnyEnd: true);

    /// <summary>Whether a job that ended like this lets its dependent start.</summary>
    /// <param name="phase">A phase in which a job has ended.</param>
    public bool IsMetBy(JobPhase phase) => OnAnyEnd || phase == JobPhase.Completed;
}
